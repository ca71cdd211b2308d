import type { Entry } from '../../test/conformance/corpus.ts'
import { CODES_OF_KIND } from '../../test/conformance/error-kinds.ts'
import { EXCEPTIONS, isArgued } from '../../test/conformance/exceptions.ts'
import { MAX_COLOUR_DIFFERENCE, MIN_SSIM } from '../../test/conformance/judge.ts'
import type { Mode } from '../../test/conformance/service.ts'
import type { Outcome } from '../../test/conformance/sweep-video.ts'
import { renderTable } from '../support/markdown.ts'

/** The results of one file, in each mode. */
export interface Row {
  readonly entry: Entry
  readonly outcomes: Readonly<Record<Mode, Outcome>>
  /** Why ranged extraction fell back to the full download. */
  readonly fallbacks: readonly string[]
  /** Disagreements of the full decode and the manifest of the corpus. */
  readonly disputes: readonly string[]
}

const MODES = ['default', 'full'] as const
const MODE_TITLES: Record<Mode, string> = { default: 'ranged extraction first', full: 'full download only' }

/** Renders CONFORMANCE.md. The same corpus, service and ffmpeg give the same text. */
export function renderConformance (
  rows: readonly Row[],
  { ffmpeg, targets }: { readonly ffmpeg: string, readonly targets: string }
): string {
  return (
    [
      '# Conformance',
      `Written by \`npm run conformance\` with ${ffmpeg}; do not edit. Every response is compared with a full decode of the file: ` +
        `the frame by its time (and by its number if the picture shows one), the picture by SSIM (at least ${MIN_SSIM}) and by the mean of each channel (within ${MAX_COLOUR_DIFFERENCE} of 255; ` +
        'for HDR after conversion by the formulae of its standards), the error by its code. The rules are in ' +
        'test/conformance/.',
      `Requests for every video: ${targets}; the middle also as an upload and as a JPEG, and the timestamp of its response sent back.`,
      '## Summary',
      renderSummary(rows),
      '## Misses',
      renderMisses(rows, 'wrong'),
      '## Exceptions',
      renderExceptions(rows),
      ...renderDisputes(rows),
      '## Fallbacks to the full download, with reasons',
      renderFallbacks(rows),
      '## Codes',
      'Faults in the terms of the corpus, and the right error code of each.',
      renderTable(
        ['corpus', 'code'],
        Object.entries(CODES_OF_KIND).map(([kind, codes]) => [kind, codes.map((code) => `\`${code}\``).join(', ')])
      ),
      '## JPEG',
      renderJpeg(rows),
      '## All files',
      renderTable(
        ['file', 'expected', ...MODES.map((mode) => MODE_TITLES[mode]), 'mode of the responses'],
        rows.map(({ entry, outcomes }) => [
          entry.file,
          [entry.expectation, ...entry.also_acceptable].join(' or '),
          ...MODES.map((mode) => describe(outcomes[mode])),
          outcomes.default.modes.join(', ') || '-'
        ])
      )
    ].join('\n\n') + '\n'
  )
}

type Verdict = 'right' | 'argued' | 'wrong'

function judge ({ entry, outcomes }: Row, mode: Mode): Verdict {
  const { misses } = outcomes[mode]
  return misses.length === 0 ? 'right' : isArgued(entry.file, mode, misses) ? 'argued' : 'wrong'
}

function describe ({ requests, misses, rightErrors }: Outcome): string {
  const errors = rightErrors > 0 ? `, ${rightErrors} rejected or made as allowed` : ''
  return misses.length === 0 ? `right (${requests} responses${errors})` : `**${misses.length} wrong** of ${requests}`
}

function renderSummary (rows: readonly Row[]): string {
  const videos = rows.filter(({ entry }) => entry.expectation === 'ok')
  const faults = rows.filter(({ entry }) => entry.expectation !== 'ok')
  const count = (some: readonly Row[], mode: Mode, verdict: Verdict) =>
    String(some.filter((row) => judge(row, mode) === verdict).length)
  return renderTable(
    [
      'mode', 'videos right', 'videos wrong', 'errors right', 'errors wrong', 'argued exceptions', 'responses',
      'responses not as expected'
    ],
    MODES.map((mode) => [
      MODE_TITLES[mode],
      count(videos, mode, 'right'),
      count(videos, mode, 'wrong'),
      count(faults, mode, 'right'),
      count(faults, mode, 'wrong'),
      count(rows, mode, 'argued'),
      String(rows.reduce((sum, { outcomes }) => sum + outcomes[mode].requests, 0)),
      String(rows.reduce((sum, { outcomes }) => sum + outcomes[mode].misses.length, 0))
    ])
  )
}

function renderMisses (rows: readonly Row[], verdict: 'wrong' | 'argued'): string {
  const missesOf = (row: Row, mode: Mode) =>
    judge(row, mode) === verdict ? row.outcomes[mode].misses.join('; ') : ''
  const lines = rows.flatMap((row) => {
    const { file } = row.entry
    const [first, second] = [missesOf(row, 'default'), missesOf(row, 'full')]
    if (first === second) return first === '' ? [] : [[file, 'both', first]]
    return [
      [file, MODE_TITLES.default, first],
      [file, MODE_TITLES.full, second]
    ].filter(([, , text]) => text !== '')
  })
  return lines.length === 0 ? 'None.' : renderTable(['file', 'mode', 'miss'], lines)
}

function renderExceptions (rows: readonly Row[]): string {
  const excepted = rows.filter((row) => MODES.some((mode) => judge(row, mode) === 'argued'))
  return [
    renderMisses(rows, 'argued'),
    ...excepted.map(({ entry: { file } }) => `**${file}**: ${EXCEPTIONS[file]?.argument}`)
  ].join('\n\n')
}

function renderDisputes (rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ entry, disputes }) => disputes.map((dispute) => [entry.file, dispute]))
  return lines.length === 0
    ? []
    : ['## Differences between the manifest and the full decode', renderTable(['file', 'difference'], lines)]
}

function renderFallbacks (rows: readonly Row[]): string {
  const lines = rows.flatMap(({ entry, fallbacks }) =>
    fallbacks.length === 0 ? [] : [[entry.file, [...fallbacks].sort().join('; ')]]
  )
  return lines.length === 0 ? 'None.' : renderTable(['file', 'reason'], lines)
}

function renderJpeg (rows: readonly Row[]): string {
  const similarities = rows.flatMap(({ outcomes }) => outcomes.default.jpegSsim ?? []).sort((a, b) => a - b)
  const at = (part: number) => (similarities[Math.floor((similarities.length - 1) * part)] ?? NaN).toFixed(3)
  return (
    `The loss of quality 80, as SSIM of the JPEG response to the PNG response: lowest ${at(0)}, 10th percentile ${at(0.1)}, median ${at(0.5)} over ${similarities.length} files. ` +
    `${similarities.filter((ssim) => ssim < MIN_SSIM).length} are below ${MIN_SSIM}, which is why pictures are judged as PNG.`
  )
}
