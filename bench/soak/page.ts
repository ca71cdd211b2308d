import { describeMachine } from '../support/machine.ts'
import { formatNumber, renderTable } from '../support/markdown.ts'
import type { SoakOutcome, SoakSample, SoakVerdict } from './judge.ts'

/** How the soak was asked for. */
export interface SoakPlan {
  readonly command: string
  readonly seconds: number
  /** The most hits a second. */
  readonly rate: number
}

/** The page of one soak. */
export async function renderSoak (
  { command, seconds, rate }: SoakPlan,
  { samples, answers, hits }: SoakOutcome,
  verdicts: readonly SoakVerdict[]
): Promise<string> {
  const most = (read: (sample: SoakSample) => number) => Math.max(...samples.map(read))
  const machine = await describeMachine(process.env['FFMPEG_PATH'] ?? 'ffmpeg')
  return (
    [
      '# A soak',
      `Written by \`${command}\`: ${seconds} s on loopback, at most ${rate} hits a second, and at the same time misses, uploads, clients that go away in the middle, and hostile files.`,
      renderTable(
        ['what must hold', 'bar', 'measured', ''],
        verdicts.map(({ what, bar, measured, isHeld }) => [what, bar, measured, isHeld ? 'held' : 'MISSED'])
      ),
      renderTable(
        ['what was seen', ''],
        [
          [
            'hits: median and 99th percentile under load, ms',
            `${formatNumber(hits.p50)} and ${formatNumber(hits.p99)} of ${hits.count}`
          ],
          ['most memory of the service, MiB', formatNumber(most(({ memoryBytes }) => memoryBytes) / 2 ** 20)],
          [
            'most memory of all its children together, MiB',
            formatNumber(most(({ childBytes }) => childBytes) / 2 ** 20)
          ],
          ['most descriptors', String(most(({ descriptors }) => descriptors))],
          ['most directories on scratch', String(most(({ scratchEntries }) => scratchEntries))]
        ]
      ),
      renderTable(
        ['traffic', 'status', 'answers'],
        answers.map(({ kind, status, count }) => [kind, String(status), String(count)])
      ),
      renderTable(
        ['machine and versions', ''],
        machine.filter(([what]) => !/radosgw|thumbnailer/.test(what)).map((row) => [...row])
      )
    ].join('\n\n') + '\n'
  )
}
