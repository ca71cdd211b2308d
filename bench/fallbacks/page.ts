import { renderTable } from '../support/markdown.ts'
import type { SweptTarget } from './sweep.ts'

/** A file of the corpus with the outcome of each timestamp. */
export interface SweptFile {
  readonly file: string
  readonly container: string
  readonly codec: string
  /** Note of the corpus. */
  readonly note: string
  readonly targets: readonly SweptTarget[]
}

/** Prefixes of corpus files that were made with false values or to use up resources. */
const MADE_HOSTILE = /^(bad|bomb)-/

/** Renders FALLBACKS.md. */
export function renderFallbacks (files: readonly SweptFile[]): string {
  return `# Coverage of ranged extraction

Written by \`npm run fallbacks\`. It requests twelve frames (first, 10 %, 37 %, 60 %, 90 %, last; exact and key frame) by ranged
extraction alone, from every MP4, MOV, Matroska and WebM file of the corpus that is in H.264, HEVC, VP8, VP9 or AV1 and is
expected to give a picture. Each is compared with the full download: same frame, and an equal picture or a PSNR of at least
50 dB.

${renderTable(['files', 'all', 'without files made hostile'], countFiles(files))}

${renderTable(['frames', 'of all files'], countTargets(files.flatMap(({ targets }) => targets)))}

## Fallbacks and their reasons

A request that falls back downloads the whole file. Three outcomes are not fallbacks: **rejected** (the response is that error),
**ranged** (the full download gives no picture to compare with), and **different** (the two modes choose different frames; the
times of all decoded frames show which is right).

${renderTable(['file', 'container', 'codec', 'timestamps', 'reason', 'note of the corpus'], files.flatMap(listReasons))}
`
}

function countFiles (files: readonly SweptFile[]): string[][] {
  const groups = [files, files.filter(({ file }) => !MADE_HOSTILE.test(file))]
  const row = (name: string, isCounted: (ranged: number, all: number) => boolean) => [
    name,
    ...groups.map((group) =>
      share(
        group.filter(({ targets }) =>
          isCounted(targets.filter(({ outcome }) => outcome === 'ranged').length, targets.length)
        ).length,
        group.length
      )
    )
  ]
  return [
    row('total', () => true),
    row('ranged at every timestamp', (ranged, all) => ranged === all),
    row('ranged at some timestamps', (ranged, all) => ranged > 0 && ranged < all),
    row('ranged at no timestamp', (ranged) => ranged === 0)
  ]
}

function countTargets (targets: readonly SweptTarget[]): string[][] {
  const row = (name: string, isCounted: (target: SweptTarget) => boolean) => [
    name,
    share(targets.filter(isCounted).length, targets.length)
  ]
  return [
    row('ranged, bit-identical', ({ outcome, psnr }) => outcome === 'ranged' && psnr === Infinity),
    row(
      'ranged, PSNR of at least 50 dB',
      ({ outcome, psnr }) => outcome === 'ranged' && psnr !== undefined && psnr < Infinity
    ),
    row('ranged, not compared', ({ outcome, psnr }) => outcome === 'ranged' && psnr === undefined),
    row('ranged, another frame or picture', ({ outcome }) => outcome === 'different'),
    row('fallback to the full download', ({ outcome }) => outcome === 'fallback'),
    row('rejected', ({ outcome }) => outcome === 'rejected')
  ]
}

function share (count: number, all: number): string {
  return `${count} (${((100 * count) / Math.max(1, all)).toFixed(1)} %)`
}

/** Returns a row per reason. */
function listReasons ({ file, container, codec, note, targets }: SweptFile): string[][] {
  const byReason = new Map<string, SweptTarget[]>()
  for (const target of targets) {
    if (target.reason === '') continue
    const reason = target.outcome === 'fallback' ? target.reason : `**${target.outcome}**: ${target.reason}`
    byReason.set(reason, [...(byReason.get(reason) ?? []), target])
  }
  return [...byReason].map(([reason, some]) => [
    file,
    container,
    codec,
    describeTimestamps(some, targets.length),
    reason,
    note
  ])
}

function describeTimestamps (some: readonly SweptTarget[], all: number): string {
  if (some.length === all) return 'all'
  return some.map(({ timestamp, seek }) => (seek === 'exact' ? timestamp : `${timestamp} (key frame)`)).join(', ')
}
