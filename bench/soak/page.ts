import { describeMachine } from '../support/machine.ts'
import { formatNumber, renderTable } from '../support/markdown.ts'
import type { SoakOutcome, SoakSample, SoakVerdict } from './judge.ts'

/** The settings of a soak. */
export interface SoakSettings {
  readonly command: string
  readonly seconds: number
  /** Most hits per second. */
  readonly rate: number
}

/** Renders SOAK.md. */
export async function renderSoak (
  { command, seconds, rate }: SoakSettings,
  { samples, responses, hits, pidsLimit }: SoakOutcome,
  verdicts: readonly SoakVerdict[]
): Promise<string> {
  const most = (read: (sample: SoakSample) => number) => Math.max(...samples.map(read))
  const mostMib = (read: (sample: SoakSample) => number) => formatNumber(most(read) / 2 ** 20)
  const machine = await describeMachine(process.env['FFMPEG_PATH'] ?? 'ffmpeg')
  return (
    [
      '# Soak test',
      `Written by \`${command}\`: ${seconds} s on loopback with at most ${rate} hits per second. At the same time: misses, uploads, clients that disconnect early, hostile files, 1,200 silent connections against a limit of 1,024 open files, 200 pipelined requests on a connection that is not read at first, uploads that stall after 800 bytes, and floods of 1,600 identical requests on 100 connections. Then, for a tenth of that time, 24 misses at once under ${pidsLimit}.`,
      'Memory is the resident set after a garbage collection. It is sampled every five seconds, after a tenth of the ' +
        'time for warming up.',
      renderTable(
        ['condition', 'limit', 'measured', ''],
        verdicts.map(({ condition, limit, measured, isHeld }) => [
          condition,
          limit,
          measured,
          isHeld ? 'held' : 'MISSED'
        ])
      ),
      renderTable(
        ['observation', ''],
        [
          [
            'hits: median and 99th percentile under load, ms',
            `${formatNumber(hits.p50)} and ${formatNumber(hits.p99)} of ${hits.count}`
          ],
          ['peak memory of the service, MiB', mostMib(({ memoryBytes }) => memoryBytes)],
          ['peak memory of its descendants together, MiB', mostMib(({ childBytes }) => childBytes)],
          ['most descriptors', String(most(({ descriptors }) => descriptors))],
          ['most directories on scratch', String(most(({ scratchEntries }) => scratchEntries))]
        ]
      ),
      renderTable(
        ['traffic', 'status', 'responses'],
        responses.map(({ kind, status, count }) => [kind, String(status), String(count)])
      ),
      renderTable(
        ['machine and versions', ''],
        machine.filter(([name]) => !/radosgw|thumbnailer/.test(name)).map((row) => [...row])
      )
    ].join('\n\n') + '\n'
  )
}
