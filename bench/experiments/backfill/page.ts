import type { Resumption, BackfillWay } from './contestants.ts'
import { AT_SECONDS, BACKFILL_WAYS, WIDTH } from './contestants.ts'
import { formatNumber, renderTable } from '../../support/markdown.ts'
import { findMedian } from '../../support/statistics.ts'

/** One way in one round. */
export interface BackfillRound {
  readonly way: BackfillWay
  readonly round: number
  /** Of the machine before it began, over a minute. */
  readonly load: number
  readonly perSecond: number
}

/** All that the page says. */
export interface BackfillResults {
  readonly machine: ReadonlyArray<readonly [what: string, value: string]>
  readonly measured: readonly BackfillRound[]
  readonly resumption: Resumption
  readonly objects: number
  readonly perRound: number
  readonly jobs: number
}

const NAMES: Readonly<Record<BackfillWay, string>> = {
  recipe: 'curl, ffmpeg, curl',
  ffmpeg: '`posterframe backfill` with ffmpeg',
  libav: '`posterframe backfill` with libav'
}
/** What the command is held to. */
export const BAR = 2

/**
 * Objects a second, the median over the rounds of each way, and how many times those of the recipe in the same
 * rounds.
 */
export function summarizeBackfill (
  measured: readonly BackfillRound[]
): Array<{ readonly way: BackfillWay, readonly perSecond: number, readonly ratio: number }> {
  return BACKFILL_WAYS.map((way) => {
    const rounds = new Set(measured.filter((one) => one.way === way).map(({ round }) => round))
    const median = (other: BackfillWay) =>
      findMedian(measured.filter((one) => one.way === other && rounds.has(one.round)).map(({ perSecond }) => perSecond))
    return { way, perSecond: median(way), ratio: median(way) / median('recipe') }
  })
}

/** The whole page. */
export function renderBackfill ({ machine, measured, resumption, objects, perRound, jobs }: BackfillResults): string {
  const roundsOf = (way: BackfillWay) =>
    measured.filter((round) => round.way === way).sort((one, other) => one.round - other.round)
  const summary = summarizeBackfill(measured)
  const rows = summary.map(({ way, perSecond, ratio }) => [
    NAMES[way],
    formatNumber(perSecond),
    way === 'recipe' ? '' : formatNumber(ratio),
    way === 'recipe' ? '' : ratio >= BAR ? 'pass' : 'MISS',
    roundsOf(way)
      .map((round) => formatNumber(round.perSecond))
      .join(', '),
    roundsOf(way)
      .map(({ load }) => load.toFixed(1))
      .join(', ')
  ])
  const { before, result, after, writtenAgain } = resumption
  return `# A backfill

Written by \`node bench/backfill.ts\`. ${objects} objects, copies of twenty videos of 3 to 7 seconds (H.264, HEVC and VP9; 640x360 to 1280x720; index first, last and in
fragments; a key frame every second as phones write it, every other second, or as the encoder likes; 0.3 to 1.5 MB), of each the frame at ${AT_SECONDS} s as a JPEG at most ${WIDTH} pixels wide. The recipe is \`xargs -P${jobs}\` of \`curl\` of a presigned URL into a file,
\`ffmpeg -ss ${AT_SECONDS} -i file -frames:v 1\`, and \`curl -T\` to another; its URLs were signed before its time began. The command is the built one, its start included, with a journal
and what decodes isolated. Both reach the same radosgw through the proxy of [RESULTS.md](RESULTS.md), which holds the first byte of every response back by 20 ms. They take turns,
${perRound} objects each a round; everything runs on one machine, the store too, and the load before each run stands in the table.

${renderTable(['machine and versions', ''], machine)}

${renderTable(['way', 'objects a second, median', 'times the recipe', `bar: ${BAR}`, 'rounds', 'load before'], rows)}

## Killed and begun again

With libav over all ${objects} objects and a journal: killed (SIGKILL) when half was done, with ${before} pictures in the store. The second run made ${result.made}, found ${result.found}, and knew
${result.doneBefore} from the journal; then there were ${after} pictures, and ${writtenAgain} of those that were there had been written again.
`
}
