import { judge } from './goals.ts'
import { formatMegabytes, formatNumber, renderTable } from '../support/markdown.ts'
import { FORMULA, LAMBDA_GB, PRICES, priceThousand } from '../support/prices.ts'
import { summarize, type Choice, type InputResult, type Results, type Summary } from './results.ts'
import { isOwn, WAY_NAMES, type Seek } from './sample.ts'
import { summarizeThroughput } from './throughput.ts'

const SEEK_TITLES: Readonly<Record<Seek, string>> = { keyframe: 'key frame', exact: 'exact frame' }
const SEEKS = ['keyframe', 'exact'] as const

/** Writes the page of results. */
export function renderReport (results: Results): string {
  return `${[
    '# What it costs',
    `Written by \`${results.command}\`, started ${results.startedAt}. Times are milliseconds from the question to the answer with the picture put; medians.`,
    HOW,
    renderTable(['machine and versions', ''], results.machine),
    '## The bars',
    renderBars(results),
    FLOORS,
    '## Every way',
    ...results.inputs.flatMap(renderInput),
    '## Where the milliseconds of Posterframe go',
    STEPS,
    renderSteps(results),
    '## Throughput',
    renderThroughput(results),
    '## Pictures that no other picture refers to',
    renderReferenceOnly(results),
    '## Dollars per 1,000 thumbnails',
    renderDollars(results),
    '## The inputs',
    renderInputs(results),
    ...renderTroubles(results)
  ].join('\n\n')}\n`
}

const HOW = `The store is radosgw behind a proxy that holds the first byte of every response back by 20 ms and carries 90 MB/s per
connection; TCP's and TLS's own round trips are not added, which is kind to whoever opens many connections. All ways use
the same ffmpeg and make a JPEG 640 pixels wide of the same frame; they take turns. Bytes are all that left the store,
what a reader hung up on included. *Requests* counts what came before the PUT, in brackets the round trips one after the
other; parts of one run of bytes that are read at the same time count once. CPU seconds (mean) have the children in them,
but for (e) and (l), whose decoders are isolated by bubblewrap, which keeps their time to itself: theirs are compared under *Throughput*, without isolation.
Memory is the peak of the rival's ffmpeg, and for (e) of the service without its children. *Cold* is a video that the service
has not seen, *warm* another timestamp of the same one. Everything runs on the one machine: the store, the proxy, and who is measured.`

const FLOORS = `Where a bar is missed, this is the floor that was found under it:

- **Against (k)**, which stops at the key frame as Posterframe does: both spend most of their time on the start of the same ffmpeg (60 to 70 ms
  before it does anything) and on the round trips. It is left behind where the index is large or absent, and by libav.
- **26 Mbit/s**: the key frame has 1.3 MB and takes this ffmpeg 100 ms to decode besides its start; the exact frame needs 121 packets, more than a
  second of decoding on two processors, which (c) pays as well.
- **An exact frame against (c)**: decoding the same packets is nearly all of it; what can be left out is in *Pictures that no other picture refers to*.
- **Warm over cold**: with the index in memory what is left is to ask for the version, for the thumbnail and for a failure, one read, ffmpeg, and the PUT.
- **One read more**: the tail of a large movie box is read beside its tables, in the same round trip.
- **Fragmented without index**: there are no tables; each fragment's box is found by reading half a fragment on average (2 MB here), once
  for the end and once for the moment, and again for another moment.
- **Memory at 6 h and 60 pictures a second**: its index takes 25 MB, after all other inputs in the same process. Alone it peaked at 185 MiB.`

const STEPS = `From the \`Server-Timing\` header, medians, cold. *Floor* is one bare run of the same ffmpeg on the packets cut out
of the local file, sharp's resize and JPEG, and three round trips and the PUT at 20 ms each; what else there is, is ours.`

function renderBars (results: Results): string {
  const bars = judge(results)
  const count = (verdict: string) => bars.filter((bar) => bar.verdict === verdict).length
  return [
    `${count('pass')} reached, ${count('MISS')} missed, ${count('not measured')} not measured in this run.${results.inputs.some(({ input }) => input.minutes === 120) ? '' : ' They are meant for the inputs of 2 hours, which this run left out.'}`,
    renderTable(
      ['measure', 'bar', 'measured', ''],
      bars.map(({ measure, bar, measured, verdict }) => [measure, bar, measured, verdict])
    )
  ].join('\n\n')
}

function renderInput (result: InputResult): string[] {
  return SEEKS.flatMap((seek) => {
    const own = summarize(result, { way: 'e', seek })
    const choices: Choice[] = [
      { way: 'a', seek },
      { way: 'b', seek },
      { way: 'c', seek },
      { way: 'k', seek },
      { way: 'd', seek },
      { way: 'e', seek },
      { way: 'e', seek, index: 'warm' },
      { way: 'l', seek },
      { way: 'l', seek, index: 'warm' }
    ]
    const rows = choices.flatMap((choice) => {
      const summary = summarize(result, choice)
      return summary === undefined ? [] : [renderSummary(summary, own)]
    })
    const head = ['way', 'ms', 'p95', 'n', 'MB read', 'requests', 'CPU s', 'peak MB', 'scratch MB', 'times (e)']
    return rows.length === 0 ? [] : [`### ${result.input.name}, ${SEEK_TITLES[seek]}`, renderTable(head, rows)]
  })
}

function renderSummary (summary: Summary, own: Summary | undefined): string[] {
  const { way, index, told, isTimedOut, ms } = summary
  const more = isTimedOut ? '> ' : ''
  return [
    isOwn(way) ? `**${WAY_NAMES[way]}**, ${index}, ${told?.mode}` : WAY_NAMES[way],
    `${more}${ms.toFixed(0)}`,
    summary.p95Ms.toFixed(0),
    String(summary.count),
    formatMegabytes(summary.bytes),
    `${formatNumber(summary.runs)} (${formatNumber(summary.roundTrips)})${isOwn(way) ? ` ${summary.methods}` : ''}`,
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
      const own = summarize(result, { way: 'e', seek })
      const floor = result.floors[seek]
      if (own?.told == null || floor === undefined) return []
      const times = own.told.stepsMs
      const floorMs = floor.ffmpegMs + floor.sharpMs + 4 * 20
      const rest = own.ms - steps.reduce((sum, step) => sum + (times[step] ?? 0), 0)
      return [
        [
          `${result.input.name}, ${SEEK_TITLES[seek]}`,
          own.told.mode,
          own.ms.toFixed(0),
          ...steps.map((step) => times[step]?.toFixed(0) ?? ''),
          rest.toFixed(0),
          floorMs.toFixed(0),
          floor.ffmpegMs.toFixed(0),
          floor.sharpMs.toFixed(0),
          formatMegabytes(floor.clipBytes),
          formatMegabytes(own.told.bytesRead),
          String(own.told.packetsDecoded)
        ]
      ]
    })
  )
  return renderTable(
    ['question', 'way', 'all', ...steps, 'rest', 'floor', 'of it ffmpeg', 'sharp', 'packets MB', 'read MB', 'decoded'],
    rows
  )
}

function renderThroughput ({ throughput }: Results): string {
  if (throughput === null) return 'Not measured in this run.'
  const rows = (['k', 'e', 'l'] as const)
    .filter((way) => throughput.rounds.some((round) => round.way === way))
    .map((way) => {
      const { perSecond, cpuSeconds } = summarizeThroughput(throughput, way)
      const rounds = throughput.rounds
        .filter((round) => round.way === way)
        .map((round) => formatNumber(round.perSecond))
      return [WAY_NAMES[way], formatNumber(perSecond), formatNumber(cpuSeconds), rounds.join(', ')]
    })
  return [
    `Four callers, ${throughput.thumbnails} key frames all over ${throughput.input}, its index warm.`,
    renderTable(['way', 'thumbnails a second', 'CPU s each', 'rounds'], rows)
  ].join('\n\n')
}

function renderReferenceOnly ({ referenceOnly }: Results): string {
  if (referenceOnly.length === 0) return 'Not measured in this run.'
  return renderTable(
    ['input', 'packets', 'needed', 'all, ms', 'needed alone, ms', 'times faster', 'the same picture'],
    referenceOnly.map((one) => [
      one.input,
      String(one.packets),
      String(one.neededPackets),
      one.wholeMs.toFixed(0),
      one.neededMs.toFixed(0),
      formatNumber(one.wholeMs / one.neededMs),
      one.isIdentical ? 'to the bit' : 'NO'
    ])
  )
}

function renderDollars ({ inputs }: Results): string {
  const rows = inputs.flatMap((result) =>
    (['a', 'b', 'c', 'k', 'e', 'l'] as const).flatMap((way) => {
      const summary = summarize(result, { way, seek: 'keyframe' })
      if (summary === undefined) return []
      const dollars = priceThousand({ ...summary, scratchBytes: summary.scratchBytes || 0 })
      return [
        [
          result.input.name,
          WAY_NAMES[way],
          ...[dollars.requests, dollars.compute, dollars.scratch, dollars.total, dollars.otherRegion].map(
            (value) => (summary.isTimedOut ? '> ' : '') + value.toFixed(4)
          )
        ]
      ]
    })
  )
  return [
    `A Lambda function with ${LAMBDA_GB} GB, which buys two virtual CPUs, for a key frame; list prices in us-east-1 without free tiers, as of 2025.`,
    renderTable(
      ['price', 'dollars', 'per', 'source'],
      Object.values(PRICES).map(({ name, dollars, unit, source }) => [name, String(dollars), unit, source])
    ),
    `\`\`\`text\n${FORMULA}\n\`\`\``,
    renderTable(['input', 'way', 'requests', 'compute', 'scratch', '**together**', 'in another region also'], rows)
  ].join('\n\n')
}

function renderInputs ({ inputs }: Results): string {
  return renderTable(
    ['input', 'what', 'MB', 'tables KB', 'key frame KB', 'packets to the exact frame', 'their span, MB'],
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

function renderTroubles ({ inputs }: Results): string[] {
  const troubles = inputs.flatMap((result) => result.troubles.map((trouble) => `- ${result.input.name}: ${trouble}`))
  return troubles.length === 0 ? [] : ['## What went wrong', troubles.join('\n')]
}
