import { drawChart, type Series } from './chart.ts'
import { formatNumber } from '../support/markdown.ts'
import { summarize, type Results, type Summary } from './results.ts'
import type { WayLetter } from './sample.ts'

const LINES = [
  { way: 'a', name: 'download, then ffmpeg', colour: '#b0413e' },
  { way: 'b', name: 'download, then seek', colour: '#d98b3a' },
  { way: 'c', name: 'ffmpeg on the URL', colour: '#3a6ea5' },
  { way: 'e', name: 'Posterframe, cold', colour: '#2c8a4b' }
] as const

/** Cost against length for a key frame of the ordinary video with its index at the end. */
export function drawCostChart (results: Results): string {
  const hasStopped = results.inputs.some(({ samples }) => samples.some(({ isTimedOut }) => isTimedOut))
  const draw = (read: (summary: Summary) => number): Series[] =>
    LINES.map(({ way, name, colour }) => ({ name, colour, points: readPoints(results, way, read) }))
  return drawChart([
    {
      title: `time per thumbnail${hasStopped ? ' (hollow: stopped, so at least)' : ''}`,
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

function readPoints ({ inputs }: Results, way: WayLetter, read: (summary: Summary) => number): Series['points'] {
  return inputs
    .filter(({ input }) => input.name.endsWith('-moov-last'))
    .flatMap((result) => {
      const summary = summarize(result, { way, seek: 'keyframe' })
      return summary === undefined
        ? []
        : [{ minutes: result.input.minutes, value: read(summary), isAtLeast: summary.isTimedOut }]
    })
}
