import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp, { type CreateRaw } from 'sharp'
import type { Target } from '../inputs/targets.ts'
import type { Seek } from '../support/posterframe.ts'
import { runMeasured } from '../support/process-cost.ts'
import { findMedian } from '../support/statistics.ts'

const run = promisify(execFile)

/** The least that any implementation has to do: one ffmpeg on the packets, one sharp on the frame; medians. */
export interface LowerBound {
  readonly segmentBytes: number
  readonly ffmpegMs: number
  readonly ffmpegCpuSeconds: number
  readonly sharpMs: number
  readonly sharpCpuSeconds: number
}

const RUNS = 5
const QUIET = ['-v', 'error', '-nostdin', '-y'] as const

/** Cuts the packets out of the local file, then measures the decode of the frame and the encoding of its JPEG. */
export async function measureLowerBound (
  file: string,
  {
    target,
    seek,
    ffmpeg,
    scratch
  }: { readonly target: Target, readonly seek: Seek, readonly ffmpeg: string, readonly scratch: string }
): Promise<LowerBound> {
  const [segment, frame] = [join(scratch, 'lower-bound.mp4'), join(scratch, 'lower-bound.pam')]
  const keySeconds = (target.keySeconds + 0.001).toFixed(6)
  const packets = String(seek === 'exact' ? target.packets + 1 : 1)
  const select = `select='eq(n,${seek === 'exact' ? target.framesOn : 0})'`
  try {
    await run(ffmpeg, [
      ...QUIET, '-ss', keySeconds, '-i', file, '-map', '0:v:0', '-c', 'copy', '-frames:v', packets, segment
    ])
    const decodeArguments = [
      ...QUIET, '-ignore_editlist', '1', '-i', segment, '-frames:v', '1', '-vf', select,
      '-pix_fmt', 'rgb24', '-update', '1', frame
    ]
    const decodes = await repeat(() => runMeasured(ffmpeg, decodeArguments, { directory: scratch }))
    const { data, info } = await readPam(frame)
    const encodes = await repeat(() => measureEncode(data, info))
    return {
      segmentBytes: (await stat(segment)).size,
      ffmpegMs: findMedian(decodes.map(({ ms }) => ms)),
      ffmpegCpuSeconds: findMedian(decodes.map(({ cpuSeconds }) => cpuSeconds)),
      sharpMs: findMedian(encodes.map(({ ms }) => ms)),
      sharpCpuSeconds: findMedian(encodes.map(({ cpuSeconds }) => cpuSeconds))
    }
  } finally {
    for (const path of [segment, frame]) await rm(path, { force: true })
  }
}

/** Runs a task once to warm up, and then the times that count. */
async function repeat<T> (task: () => Promise<T>): Promise<T[]> {
  await task()
  const results: T[] = []
  for (let round = 0; round < RUNS; round++) results.push(await task())
  return results
}

async function measureEncode (data: Buffer, raw: CreateRaw): Promise<{ ms: number, cpuSeconds: number }> {
  const [startMs, cpu] = [performance.now(), process.cpuUsage()]
  await sharp(data, { raw }).resize({ width: 640 }).jpeg({ quality: 80 }).toBuffer()
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - startMs, cpuSeconds: (user + system) / 1e6 }
}

async function readPam (path: string): Promise<{ data: Buffer, info: CreateRaw }> {
  const file = await readFile(path)
  const end = file.indexOf('ENDHDR\n') + 7
  const head = file.toString('latin1', 0, end)
  const read = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(head)?.[1])
  return { data: file.subarray(end), info: { width: read('WIDTH'), height: read('HEIGHT'), channels: 3 } }
}
