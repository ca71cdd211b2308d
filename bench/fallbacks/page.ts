import { renderTable } from '../support/markdown.ts'
import type { SweptTarget } from './sweep.ts'

/** A file of the corpus and what became of each moment of it. */
export interface SweptFile {
  readonly file: string
  readonly container: string
  readonly codec: string
  /** What the corpus says of it. */
  readonly note: string
  readonly targets: readonly SweptTarget[]
}

/** How the corpus names the files that were made to lie, or to cost much. */
const MADE_TO_HARM = /^(bad|bomb)-/

/** Writes the page of what the fast way carries and what it leaves. */
export function renderFallbacks (files: readonly SweptFile[]): string {
  return [
    '# What the fast way carries',
    '',
    'Made by `npm run fallbacks`: of every MP4, MOV, Matroska and WebM file of the corpus in H.264, HEVC, VP8, ' +
      'VP9 or AV1 that',
    'is expected to give a picture, the fast way alone is asked for twelve moments (first, 10 %, 37 %, 60 %, 90 ' +
      '%, last; exact',
    'and key frame). What it gives is held against the general way: the same frame, and an equal picture or a ' +
      'PSNR of 50 dB.',
    '',
    renderTable(['files', 'all', 'without those made to lie or to harm'], countFiles(files)),
    '',
    renderTable(['moments', 'of all files'], countMoments(files.flatMap(({ targets }) => targets))),
    '',
    '## What falls back, and why',
    '',
    'Such a request takes the general way, which reads the whole file. **refused** is no fallback: the answer is ' +
      'that error.',
    '**carried** stands here where the general way gives no picture to compare with.',
    '**different** is no fallback either: the two ways name different frames, and the times of all decoded ' +
      'frames say which is right.',
    '',
    renderTable(
      ['file', 'container', 'codec', 'moments', 'reason', 'what the corpus says of it'],
      files.flatMap(listReasons)
    ),
    ''
  ].join('\n')
}

function countFiles (files: readonly SweptFile[]): string[][] {
  const groups = [files, files.filter(({ file }) => !MADE_TO_HARM.test(file))]
  const row = (name: string, isMeant: (carried: number, all: number) => boolean) => [
    name,
    ...groups.map((group) =>
      share(
        group.filter(({ targets }) =>
          isMeant(targets.filter(({ outcome }) => outcome === 'carried').length, targets.length)
        ).length,
        group.length
      )
    )
  ]
  return [
    row('in all', () => true),
    row('carried at every moment', (carried, all) => carried === all),
    row('carried at some moments', (carried, all) => carried > 0 && carried < all),
    row('carried at no moment', (carried) => carried === 0)
  ]
}

function countMoments (targets: readonly SweptTarget[]): string[][] {
  const row = (name: string, isMeant: (target: SweptTarget) => boolean) => [
    name,
    share(targets.filter(isMeant).length, targets.length)
  ]
  return [
    row('carried, equal to the last bit', ({ outcome, psnr }) => outcome === 'carried' && psnr === Infinity),
    row(
      'carried, PSNR of 50 dB or more',
      ({ outcome, psnr }) => outcome === 'carried' && psnr !== undefined && psnr < Infinity
    ),
    row('carried, not compared', ({ outcome, psnr }) => outcome === 'carried' && psnr === undefined),
    row('carried, another frame or picture', ({ outcome }) => outcome === 'different'),
    row('left to the general way', ({ outcome }) => outcome === 'left'),
    row('refused', ({ outcome }) => outcome === 'refused')
  ]
}

function share (count: number, all: number): string {
  return `${count} (${((100 * count) / Math.max(1, all)).toFixed(1)} %)`
}

/** A row for each reason. */
function listReasons ({ file, container, codec, note, targets }: SweptFile): string[][] {
  const byReason = new Map<string, SweptTarget[]>()
  for (const target of targets) {
    if (target.reason === '') continue
    const reason = target.outcome === 'left' ? target.reason : `**${target.outcome}**: ${target.reason}`
    byReason.set(reason, [...(byReason.get(reason) ?? []), target])
  }
  return [...byReason].map(([reason, some]) => [
    file,
    container,
    codec,
    describeMoments(some, targets.length),
    reason,
    note
  ])
}

function describeMoments (some: readonly SweptTarget[], all: number): string {
  if (some.length === all) return 'all'
  return some.map(({ timestamp, seek }) => (seek === 'exact' ? timestamp : `${timestamp} (key frame)`)).join(', ')
}
