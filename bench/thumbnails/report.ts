import { formatMegabytes, formatNumber, renderTable } from '../support/markdown.ts'
import type { Seek } from '../support/posterframe.ts'
import { LAMBDA_GB, PRICES } from '../support/prices.ts'
import { type Contestant, CONTESTANT_TITLES, CONTESTANTS, isPosterframe } from './contestants.ts'
import { FORMULA, priceThousand } from './dollars.ts'
import { judgeGoals } from './goals.ts'
import { summarize, type Choice, type InputResult, type Results, type Summary } from './results.ts'
import { summarizeThroughput } from './throughput.ts'

const SEEK_TITLES: Readonly<Record<Seek, string>> = { keyframe: 'key frame', exact: 'exact frame' }
const SEEKS = ['keyframe', 'exact'] as const

/** Renders RESULTS.md. */
export function renderReport (results: Results): string {
  return `${[
    '# Cost of a thumbnail',
    `Written by \`${results.command}\`, started ${results.startedAt}. Times are in milliseconds from the request to the response, including the PUT of the thumbnail; medians.`,
    METHOD,
    renderTable(['machine and versions', ''], results.machine),
    '## Goals',
    renderGoals(results),
    MISSED_GOALS,
    '## All contestants',
    ...results.inputs.flatMap(renderInput),
    '## Steps of a request',
    STEPS,
    renderSteps(results),
    '## Throughput',
    renderThroughput(results),
    '## Dollars per 1,000 thumbnails',
    renderDollars(results),
    '## Inputs',
    renderInputs(results),
    ...renderProblems(results)
  ].join('\n\n')}\n`
}

const METHOD = `The store is radosgw behind a proxy that delays the first byte of every response by 20 ms and limits each connection to
90 MB/s. The round trips of TCP and TLS are not simulated, which favours contestants that open many connections. All
contestants use the same ffmpeg and make a JPEG 640 pixels wide of the same frame. They take turns on one machine, which
also runs the store and the proxy.

- **MB read** is everything that left the store, including bytes that the contestant no longer wanted.
- **Requests** are those before the PUT, with concurrent requests for adjacent byte ranges counted as one. The number in
  parentheses is the longest chain of round trips.
- **CPU s** is a mean and includes child processes, except for Posterframe: bubblewrap isolates its decoders and hides
  their CPU time, which is compared without isolation under *Throughput*.
- **Peak MB** is the memory of ffmpeg or ffmpegthumbnailer, or of the service: without its children for the ffmpeg program,
  with its workers for libav.
- **Cold** means that the service has not seen the video before, **warm** that it has handled another timestamp of it.
- **Ratio** is the time relative to Posterframe with the ffmpeg program, cold.`

const MISSED_GOALS = `Reasons for missed goals:

- **Against ffmpeg on the URL, key frame only.** Both stop at the key frame and spend most of their time on the start of
  the same ffmpeg (60 to 70 ms) and on round trips. Posterframe gains if the index is large or missing, and with libav.
- **26 Mbit/s.** The key frame has 1.3 MB and takes this ffmpeg 100 ms to decode. The exact frame needs 121 packets, more
  than a second of decoding on two processors, which ffmpeg on the URL needs as well.
- **An exact frame.** Decoding the same packets takes nearly all of the time.
- **Warm over cold.** With the index in memory, what remains is three HEAD requests (version, thumbnail, failure record),
  one read, ffmpeg and the PUT.
- **One read more.** The end of a large movie box is read beside its tables, in the same round trip.
- **Fragmented without an index.** There are no tables. Each fragment's box is found by reading half a fragment on average
  (2 MB here): once for the end, once for the timestamp, and again for another timestamp.
- **Memory at 6 h and 60 frames a second.** The index takes 25 MB, after all other inputs in the same process. Alone it
  peaked at 185 MiB.`

const STEPS = `From the \`Server-Timing\` header, medians, cold. The lower bound is one run of the same ffmpeg on the packets cut out of the
local file, sharp's resize and JPEG encoding, and four round trips of 20 ms, one of them for the PUT.`

function renderGoals (results: Results): string {
  const goals = judgeGoals(results)
  const count = (verdict: string) => goals.filter((goal) => goal.verdict === verdict).length
  const isMeant = results.inputs.some(({ input }) => input.minutes === 120)
  return [
    `${count('met')} met, ${count('MISSED')} missed, ${count('not measured')} not measured in this run.${isMeant ? '' : ' The goals are meant for the inputs of 2 hours, which this run left out.'}`,
    renderTable(
      ['measure', 'goal', 'measured', ''],
      goals.map(({ measure, limit, measured, verdict }) => [measure, limit, measured, verdict])
    )
  ].join('\n\n')
}

function renderInput (result: InputResult): string[] {
  return SEEKS.flatMap((seek) => {
    const own = summarize(result, { contestant: 'posterframeFfmpeg', seek })
    const choices = CONTESTANTS.flatMap((contestant): Choice[] =>
      isPosterframe(contestant)
        ? [
            { contestant, seek },
            { contestant, seek, index: 'warm' }
          ]
        : [{ contestant, seek }]
    )
    const rows = choices.flatMap((choice) => {
      const summary = summarize(result, choice)
      return summary === undefined ? [] : [renderSummary(summary, own)]
    })
    const head = ['contestant', 'ms', 'p95', 'n', 'MB read', 'requests', 'CPU s', 'peak MB', 'scratch MB', 'ratio']
    return rows.length === 0 ? [] : [`### ${result.input.name}, ${SEEK_TITLES[seek]}`, renderTable(head, rows)]
  })
}

function renderSummary (summary: Summary, own: Summary | undefined): string[] {
  const { contestant, index, report, isTimedOut, ms } = summary
  const more = isTimedOut ? '> ' : ''
  const title = CONTESTANT_TITLES[contestant]
  return [
    isPosterframe(contestant) ? `**${title}**, ${index}, ${report?.mode}` : title,
    `${more}${ms.toFixed(0)}`,
    summary.p95Ms.toFixed(0),
    String(summary.count),
    formatMegabytes(summary.bytes),
    `${formatNumber(summary.mergedRequests)} (${formatNumber(summary.roundTrips)})${isPosterframe(contestant) ? ` ${summary.methods}` : ''}`,
    `${more}${formatNumber(summary.cpuSeconds)}`,
    formatMegabytes(summary.peakBytes),
    formatMegabytes(summary.scratchBytes),
    own === undefined ? '' : more + formatNumber(ms / own.ms)
  ]
}

function renderSteps ({ inputs }: Results): string {
  const steps = ['index', 'fetch', 'decode', 'encode', 'store']
  const rows = inputs.flatMap((result) =>
    SEEKS.flatMap((seek) => {
      const own = summarize(result, { contestant: 'posterframeFfmpeg', seek })
      const bound = result.lowerBounds[seek]
      if (own?.report == null || bound === undefined) return []
      const times = own.report.stepsMs
      const boundMs = bound.ffmpegMs + bound.sharpMs + 4 * 20
      const rest = own.ms - steps.reduce((sum, step) => sum + (times[step] ?? 0), 0)
      return [
        [
          `${result.input.name}, ${SEEK_TITLES[seek]}`,
          own.report.mode,
          own.ms.toFixed(0),
          ...steps.map((step) => times[step]?.toFixed(0) ?? ''),
          rest.toFixed(0),
          boundMs.toFixed(0),
          bound.ffmpegMs.toFixed(0),
          bound.sharpMs.toFixed(0),
          formatMegabytes(bound.segmentBytes),
          formatMegabytes(own.report.bytesRead),
          String(own.report.packetsDecoded)
        ]
      ]
    })
  )
  return renderTable(
    [
      'request', 'mode', 'total', ...steps, 'rest',
      'lower bound', 'of it ffmpeg', 'sharp', 'packets MB', 'read MB', 'packets decoded'
    ],
    rows
  )
}

function renderThroughput ({ throughput }: Results): string {
  if (throughput === null) return 'Not measured in this run.'
  const rows = (['ffmpegKeyFrameOnUrl', 'posterframeFfmpeg', 'posterframeLibav'] as const).flatMap((contestant) => {
    const summary = summarizeThroughput(throughput, contestant)
    if (summary === undefined) return []
    const rounds = throughput.rounds
      .filter((round) => round.contestant === contestant)
      .map(({ perSecond }) => formatNumber(perSecond))
    const { perSecond, cpuSeconds } = summary
    return [[CONTESTANT_TITLES[contestant], formatNumber(perSecond), formatNumber(cpuSeconds), rounds.join(', ')]]
  })
  return [
    `Four callers, ${throughput.thumbnails} key frames spread over ${throughput.input}, warm index.`,
    renderTable(['contestant', 'thumbnails per second', 'CPU s each', 'rounds'], rows)
  ].join('\n\n')
}

const PRICED: readonly Contestant[] = CONTESTANTS.filter((contestant) => contestant !== 'ffmpegthumbnailerDownload')

function renderDollars ({ inputs }: Results): string {
  const rows = inputs.flatMap((result) =>
    PRICED.flatMap((contestant) => {
      const summary = summarize(result, { contestant, seek: 'keyframe' })
      if (summary === undefined) return []
      const dollars = priceThousand({ ...summary, scratchBytes: summary.scratchBytes || 0 })
      const columns = [dollars.requests, dollars.compute, dollars.scratch, dollars.total, dollars.otherRegion]
      return [
        [
          result.input.name,
          CONTESTANT_TITLES[contestant],
          ...columns.map((value) => (summary.isTimedOut ? '> ' : '') + value.toFixed(4))
        ]
      ]
    })
  )
  return [
    `A Lambda function with ${LAMBDA_GB} GB, which has two virtual CPUs, for a key frame; list prices in us-east-1 without free tiers, as of 2025.`,
    renderTable(
      ['price', 'dollars', 'per', 'source'],
      Object.values(PRICES).map(({ name, dollars, unit, source }) => [name, String(dollars), unit, source])
    ),
    `\`\`\`text\n${FORMULA}\n\`\`\``,
    renderTable(
      ['input', 'contestant', 'requests', 'compute', 'scratch', '**total**', 'to add in another region'],
      rows
    )
  ].join('\n\n')
}

function renderInputs ({ inputs }: Results): string {
  return renderTable(
    ['input', 'content', 'MB', 'tables KB', 'key frame KB', 'packets to the exact frame', 'their byte range, MB'],
    inputs.map(({ input, info }) => [
      input.name,
      `${input.about}; ${input.layout}`,
      formatMegabytes(info.bytes),
      formatNumber(info.tableBytes / 1e3),
      formatNumber(info.first.keyBytes / 1e3),
      String(info.first.packets),
      formatMegabytes(info.first.spanBytes)
    ])
  )
}

function renderProblems ({ inputs }: Results): string[] {
  const problems = inputs.flatMap((result) => result.problems.map((problem) => `- ${result.input.name}: ${problem}`))
  return problems.length === 0 ? [] : ['## Problems', problems.join('\n')]
}
