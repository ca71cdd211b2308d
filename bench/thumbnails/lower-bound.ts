import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp, { type CreateRaw } from 'sharp'
import { runMeasured } from '../support/process-cost.ts'
import type { Seek } from './sample.ts'
import { findMedian } from '../support/statistics.ts'
import type { Target } from '../inputs/targets.ts'

const run = promisify(execFile)

/** What is left when everything but the packets, one ffmpeg and one sharp is taken away; medians. */
export interface Floor {
  readonly clipBytes: number
  readonly ffmpegMs: number
  readonly ffmpegCpuSeconds: number
  readonly sharpMs: number
  readonly sharpCpuSeconds: number
}

const RUNS = 5

/** Cuts the packets out of the local file, decodes the frame from them, and makes its JPEG, each by itself. */
export async function measureFloor (
  file: string,
  {
    target,
    seek,
    ffmpeg,
    scratch
  }: { readonly target: Target, readonly seek: Seek, readonly ffmpeg: string, readonly scratch: string }
): Promise<Floor> {
  const [clip, frame] = [join(scratch, 'floor.mp4'), join(scratch, 'floor.pam')]
  const packets = seek === 'exact' ? target.packets + 1 : 1
  try {
    await run(ffmpeg, [
      '-v',
      'error',
      '-nostdin',
      '-y',
      '-ss',
      (target.keySeconds + 0.001).toFixed(6),
      '-i',
      file,
      '-map',
      '0:v:0',
      '-c',
      'copy',
      '-frames:v',
      String(packets),
      clip
    ])
    const decoding = [
      '-v',
      'error',
      '-nostdin',
      '-y',
      '-ignore_editlist',
      '1',
      '-i',
      clip,
      '-frames:v',
      '1',
      '-vf',
      `select='eq(n,${seek === 'exact' ? target.framesOn : 0})'`,
      '-pix_fmt',
      'rgb24',
      '-update',
      '1',
      frame
    ]
    const decodes = await repeat(() => runMeasured(ffmpeg, decoding, { directory: scratch }))
    const { data, info } = await readPam(frame)
    const encodes = await repeat(() => measureEncode(data, info))
    return {
      clipBytes: (await stat(clip)).size,
      ffmpegMs: findMedian(decodes.map(({ ms }) => ms)),
      ffmpegCpuSeconds: findMedian(decodes.map(({ cpuSeconds }) => cpuSeconds)),
      sharpMs: findMedian(encodes.map(({ ms }) => ms)),
      sharpCpuSeconds: findMedian(encodes.map(({ cpuSeconds }) => cpuSeconds))
    }
  } finally {
    for (const path of [clip, frame]) await rm(path, { force: true })
  }
}

/** One run to warm up, and those that count. */
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
