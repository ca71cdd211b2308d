import { formatNumber, renderTable } from '../../support/markdown.ts'
import { findMedian } from '../../support/statistics.ts'
import { AT_SECONDS, type Contestant, CONTESTANTS, type Resumption, WIDTH } from './contestants.ts'

/** One contestant in one round. */
export interface BackfillRound {
  readonly contestant: Contestant
  readonly round: number
  /** Load average of the machine over the minute before. */
  readonly load: number
  readonly perSecond: number
}

/** Everything on the page. */
export interface BackfillResults {
  readonly machine: ReadonlyArray<readonly [name: string, value: string]>
  readonly rounds: readonly BackfillRound[]
  readonly resumption: Resumption
  readonly objects: number
  readonly perRound: number
  readonly jobs: number
}

const TITLES: Readonly<Record<Contestant, string>> = {
  recipe: 'curl, ffmpeg, curl',
  ffmpeg: '`posterframe backfill` with the ffmpeg program',
  libav: '`posterframe backfill` with libav'
}
/** Goal of the command: this many times the rate of the recipe. */
const GOAL = 2

/** Returns the median rate of each contestant, and its ratio to the recipe in the same rounds. */
export function summarizeBackfill (
  rounds: readonly BackfillRound[]
): Array<{ readonly contestant: Contestant, readonly perSecond: number, readonly ratio: number }> {
  return CONTESTANTS.map((contestant) => {
    const own = new Set(rounds.filter((one) => one.contestant === contestant).map(({ round }) => round))
    const median = (other: Contestant) =>
      findMedian(
        rounds.filter((one) => one.contestant === other && own.has(one.round)).map(({ perSecond }) => perSecond)
      )
    return { contestant, perSecond: median(contestant), ratio: median(contestant) / median('recipe') }
  })
}

/** Renders BACKFILL.md. */
export function renderBackfill ({ machine, rounds, resumption, objects, perRound, jobs }: BackfillResults): string {
  const rows = summarizeBackfill(rounds).map(({ contestant, perSecond, ratio }) => {
    const own = rounds
      .filter((round) => round.contestant === contestant)
      .sort((one, other) => one.round - other.round)
    return [
      TITLES[contestant],
      formatNumber(perSecond),
      contestant === 'recipe' ? '' : formatNumber(ratio),
      contestant === 'recipe' ? '' : ratio >= GOAL ? 'met' : 'MISSED',
      own.map((round) => formatNumber(round.perSecond)).join(', '),
      own.map(({ load }) => load.toFixed(1)).join(', ')
    ]
  })
  const { before, result, after, rewritten } = resumption
  return `# Speed of a backfill

Written by \`node bench/experiments/backfill/main.ts\`. Each contestant makes a JPEG at most ${WIDTH} pixels wide of the frame at ${AT_SECONDS} s of ${objects} objects, which
are copies of twenty videos of 3 to 7 seconds: H.264, HEVC and VP9; 640x360 to 1280x720; index first, index last and fragmented; a key frame every
second, every other second or as the encoder chooses; 0.3 to 1.5 MB.

- **The recipe** is \`xargs -P${jobs}\` of \`curl\` of a presigned URL to a file, \`ffmpeg -ss ${AT_SECONDS} -i file -frames:v 1\`, and \`curl -T\` to another URL. The URLs are signed
  before its time starts.
- **The command** is the built one, with a journal and isolated decoders. Its start counts.

All reach the same radosgw through the proxy of [RESULTS.md](RESULTS.md), which delays the first byte of every response by 20 ms. They take turns,
${perRound} objects per round. Everything runs on one machine, including the store; the table shows the load before each run.

${renderTable(['machine and versions', ''], machine)}

${renderTable(['contestant', 'objects per second, median', 'times the recipe', `goal: ${GOAL}`, 'rounds', 'load before'], rows)}

## Kill and resume

With libav, all ${objects} objects and a journal, the command was killed (SIGKILL) after half of them, with ${before} thumbnails in the store. The second run made
${result.made}, found ${result.found}, and skipped ${result.doneBefore} because of the journal. Afterwards there were ${after} thumbnails; ${rewritten} existing ones had been written again.
`
}
