import { renderTable } from '../support/markdown.ts'
import type { Entry } from '../../test/conformance/corpus.ts'
import { CODES_OF_KIND } from '../../test/conformance/error-kinds.ts'
import { EXCEPTIONS, isArgued } from '../../test/conformance/exceptions.ts'
import { LEAST_SSIM, MOST_COLOUR_OFF } from '../../test/conformance/judge.ts'
import type { Mode } from '../../test/conformance/service.ts'
import type { Outcome } from '../../test/conformance/sweep-video.ts'

/** What came of one file, in each way. */
export interface Row {
  readonly entry: Entry
  readonly outcomes: Readonly<Record<Mode, Outcome>>
  /** Why the fast way let it go. */
  readonly fallbacks: readonly string[]
  /** Where the truth and the manifest say different things. */
  readonly disputes: readonly string[]
}

const WAYS = ['default', 'full'] as const
const WAY_NAMES: Record<Mode, string> = { default: 'fast way first', full: 'general way alone' }

/** The whole of CONFORMANCE.md: the same corpus, service and ffmpeg give the same text. */
export function renderReport (
  rows: readonly Row[],
  { ffmpeg, moments }: { readonly ffmpeg: string, readonly moments: string }
): string {
  return (
    [
      '# Conformance',
      `Made by \`npm run conformance\` with ${ffmpeg}; do not edit. What a full decode of every file shows is held against what the service answers: ` +
        `the frame by its time (and by its number where the picture shows one), the picture by SSIM (at least ${LEAST_SSIM}) and by the mean of each channel (within ${MOST_COLOUR_OFF} of 255; ` +
        'HDR by the same, after the formulae of its standards), the error by its code. test/conformance/ holds ' +
          'the rules.',
      `Asked of every video: ${moments}; the middle as an upload and as a JPEG too, and the timestamp of its answer sent back.`,
      '## Summary',
      renderSummary(rows),
      '## Misses',
      renderMisses(rows, false),
      '## Exceptions',
      renderExceptions(rows),
      ...renderDisputes(rows),
      '## What falls back from the fast way, and why',
      renderFallbacks(rows),
      '## Codes',
      'What the corpus calls a fault, and the code that is right for it.',
      renderTable(
        ['corpus', 'code'],
        Object.entries(CODES_OF_KIND).map(([kind, codes]) => [kind, codes.map((code) => `\`${code}\``).join(', ')])
      ),
      '## JPEG',
      renderJpeg(rows),
      '## Every file',
      renderTable(
        ['file', 'expected', ...WAYS.map((mode) => WAY_NAMES[mode]), 'answered by'],
        rows.map(({ entry, outcomes }) => [
          entry.file,
          [entry.expectation, ...entry.also_acceptable].join(' or '),
          ...WAYS.map((mode) => describe(outcomes[mode])),
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

function describe (outcome: Outcome): string {
  const wrong = outcome.misses.length
  const errors = outcome.rightErrors > 0 ? `, ${outcome.rightErrors} refused or passed as allowed` : ''
  return wrong === 0 ? `right (${outcome.asked} answers${errors})` : `**${wrong} wrong** of ${outcome.asked}`
}

function renderSummary (rows: readonly Row[]): string {
  const pictures = rows.filter(({ entry }) => entry.expectation === 'ok')
  const faults = rows.filter(({ entry }) => entry.expectation !== 'ok')
  const count = (some: readonly Row[], mode: Mode, verdict: Verdict) =>
    String(some.filter((row) => judge(row, mode) === verdict).length)
  return renderTable(
    [
      'way',
      'videos right',
      'videos wrong',
      'typed errors right',
      'typed errors wrong',
      'argued exceptions',
      'answers',
      'answers not as expected'
    ],
    WAYS.map((mode) => [
      WAY_NAMES[mode],
      count(pictures, mode, 'right'),
      count(pictures, mode, 'wrong'),
      count(faults, mode, 'right'),
      count(faults, mode, 'wrong'),
      count(rows, mode, 'argued'),
      String(rows.reduce((sum, { outcomes }) => sum + outcomes[mode].asked, 0)),
      String(rows.reduce((sum, { outcomes }) => sum + outcomes[mode].misses.length, 0))
    ])
  )
}

function renderMisses (rows: readonly Row[], argued: boolean): string {
  const missesOf = (row: Row, mode: Mode) =>
    judge(row, mode) === (argued ? 'argued' : 'wrong') ? row.outcomes[mode].misses.join('; ') : ''
  const lines = rows.flatMap((row) => {
    const { file } = row.entry
    const [fast, general] = [missesOf(row, 'default'), missesOf(row, 'full')]
    if (fast === general) return fast === '' ? [] : [[file, 'both', fast]]
    return [
      [file, WAY_NAMES.default, fast],
      [file, WAY_NAMES.full, general]
    ].filter(([, , text]) => text !== '')
  })
  return lines.length === 0 ? 'None.' : renderTable(['file', 'way', 'what is wrong'], lines)
}

function renderExceptions (rows: readonly Row[]): string {
  const excepted = rows.filter((row) => WAYS.some((mode) => judge(row, mode) === 'argued'))
  return [
    renderMisses(rows, true),
    ...excepted.map(({ entry: { file } }) => `**${file}**: ${EXCEPTIONS[file]?.argument}`)
  ].join('\n\n')
}

function renderDisputes (rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ entry, disputes }) => disputes.map((dispute) => [entry.file, dispute]))
  return lines.length === 0
    ? []
    : ['## Where the manifest and the full decode differ', renderTable(['file', 'difference'], lines)]
}

function renderFallbacks (rows: readonly Row[]): string {
  const lines = rows.flatMap(({ entry, fallbacks }) =>
    fallbacks.length === 0 ? [] : [[entry.file, [...fallbacks].sort().join('; ')]]
  )
  return lines.length === 0 ? 'Nothing.' : renderTable(['file', 'reason'], lines)
}

function renderJpeg (rows: readonly Row[]): string {
  const losses = rows.flatMap(({ outcomes }) => outcomes.default.jpegSsim ?? []).sort((a, b) => a - b)
  const at = (part: number) => (losses[Math.floor((losses.length - 1) * part)] ?? NaN).toFixed(3)
  return (
    `What quality 80 itself loses, as SSIM of the JPEG answer to the PNG answer: least ${at(0)}, tenth ${at(0.1)}, median ${at(0.5)} over ${losses.length} files; ` +
    `${losses.filter((ssim) => ssim < LEAST_SSIM).length} are below ${LEAST_SSIM}, which is why pictures are judged as PNG.`
  )
}
