import { formatNumber } from '../support/markdown.ts'
import { drawChart, type Series } from './chart.ts'
import type { Contestant } from './contestants.ts'
import { summarize, type Results, type Summary } from './results.ts'

const LINES = [
  { contestant: 'ffmpegDownloadOutputSeek', name: 'download, then ffmpeg', colour: '#b0413e' },
  { contestant: 'ffmpegDownloadInputSeek', name: 'download, then seek', colour: '#d98b3a' },
  { contestant: 'ffmpegOnUrl', name: 'ffmpeg on the URL', colour: '#3a6ea5' },
  { contestant: 'posterframeFfmpeg', name: 'Posterframe, cold', colour: '#2c8a4b' }
] as const

/** Draws the cost of a key frame against the length of the video, for videos with the index at the end. */
export function drawCostChart (results: Results): string {
  const hasTimeouts = results.inputs.some(({ samples }) => samples.some(({ isTimedOut }) => isTimedOut))
  const draw = (read: (summary: Summary) => number): Series[] =>
    LINES.map(({ contestant, name, colour }) => ({ name, colour, points: readPoints(results, contestant, read) }))
  return drawChart([
    {
      title: `time per thumbnail${hasTimeouts ? ' (hollow: stopped, so at least)' : ''}`,
      series: draw(({ ms }) => ms),
      format: (value) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`)
    },
    {
      title: 'bytes read per thumbnail',
      series: draw(({ bytes }) => bytes / 1e6),
      format: (value) => (value >= 1000 ? `${value / 1000} GB` : `${formatNumber(value)} MB`)
    }
  ])
}

function readPoints (
  { inputs }: Results,
  contestant: Contestant,
  read: (summary: Summary) => number
): Series['points'] {
  return inputs
    .filter(({ input }) => input.name.endsWith('-moov-last'))
    .flatMap((result) => {
      const summary = summarize(result, { contestant, seek: 'keyframe' })
      return summary === undefined
        ? []
        : [{ minutes: result.input.minutes, value: read(summary), isAtLeast: summary.isTimedOut }]
    })
}
