import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { findTestFfmpeg } from '../../support/videos.ts'
import type { VideoCodec, CodedPacket, PacketRange, TrackInfo } from '../../../src/video/media/track.ts'

const run = promisify(execFile)
const path = await findTestFfmpeg()

/** A demuxed video: the info of its container, and every packet. */
export interface DemuxedVideo {
  readonly info: TrackInfo
  readonly packets: readonly CodedPacket[]
}

/** The output of ffmpeg. */
export interface FfmpegRun {
  readonly stdout: Buffer
  readonly stderr: string
}

/** Runs ffmpeg as the service does, with warnings; does not throw if ffmpeg fails. */
export async function runFfmpeg (args: readonly string[]): Promise<FfmpegRun> {
  const options = { encoding: 'buffer', maxBuffer: 2 ** 30 } as const
  const { stdout, stderr } = await run(path, ['-nostdin', '-hide_banner', '-nostats', ...args], options).catch(
    (error: { stdout: Buffer, stderr: Buffer }) => error
  )
  return { stdout, stderr: stderr.toString() }
}

const COPY = ['-map', '0:V:0', '-c', 'copy', '-copyinkf', '-copypriorss', '1']

export interface ListedPacket {
  readonly dts: number
  readonly pts: number
  readonly size: number
  readonly isKey: boolean
  readonly isShown: boolean
}

/** Lists the packets of the first video track, by ffmpeg. */
export async function listPackets (
  file: string
): Promise<{ packets: ListedPacket[], timescale: number, width: number, height: number, codec: string }> {
  const { stdout } = await runFfmpeg(['-loglevel', 'error', '-copyts', '-i', file, ...COPY, '-f', 'framecrc', '-'])
  const text = stdout.toString()
  const packets = text
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [, dts, pts, , size, , ...rest] = line.split(',').map((field) => field.trim())
      const flags = Number(rest.find((field) => field.startsWith('F='))?.slice(2) ?? 1)
      return {
        dts: Number(dts),
        pts: Number(pts),
        size: Number(size),
        isKey: (flags & 1) !== 0,
        isShown: (flags & 4) === 0
      }
    })
  const [, timescale = ''] = /^#tb 0: 1\/(\d+)/m.exec(text) ?? []
  const [, width = '', height = ''] = /^#dimensions 0: (\d+)x(\d+)/m.exec(text) ?? []
  const [, codec = ''] = /^#codec_id 0: (\w+)/m.exec(text) ?? []
  return { packets, timescale: Number(timescale), width: Number(width), height: Number(height), codec }
}

const ENTRY: Record<string, { entry: string, config: string }> = {
  h264: { entry: 'avc1', config: 'avcC' },
  hevc: { entry: 'hev1', config: 'hvcC' },
  vp8: { entry: 'vp08', config: 'vpcC' },
  vp9: { entry: 'vp09', config: 'vpcC' },
  av1: { entry: 'av01', config: 'av1C' }
}

/** Demuxes a file: ffmpeg lists sizes and times and outputs the bytes; the configuration is found by its box type. */
export async function demux (file: string, info: Partial<TrackInfo> = {}): Promise<DemuxedVideo> {
  const listed = await listPackets(file)
  const { stdout: media } = await runFfmpeg(['-loglevel', 'error', '-copyts', '-i', file, ...COPY, '-f', 'data', '-'])
  const { entry, config } = ENTRY[listed.codec] ?? { entry: '', config: '' }
  let end = 0
  const ends = listed.packets.map(({ size }) => {
    end += size
    return end
  })
  return {
    info: {
      container: 'mp4',
      codec: listed.codec as VideoCodec,
      sampleEntry: entry,
      codecConfig: findBox(await readFile(file), config),
      width: listed.width,
      height: listed.height,
      timescale: listed.timescale,
      matrix: [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000],
      pixelAspect: undefined,
      colour: undefined,
      durationMicros: null,
      ...info
    },
    packets: listed.packets.map(({ pts, isKey, size }, index) => ({
      pts,
      isKey,
      data: media.subarray(ends[index]! - size, ends[index])
    }))
  }
}

function findBox (file: Buffer, type: string): Buffer {
  const at = file.indexOf(type, 0, 'latin1')
  return at < 4 ? Buffer.alloc(0) : file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4))
}

/** Returns the packet range to a packet, from the last key packet before it that is shown no later. */
export function cutPackets (packets: readonly CodedPacket[], target: number): PacketRange {
  const { pts, isKey } = packets[target]!
  let first = target
  while (first > 0 && !(packets[first]!.isKey && packets[first]!.pts <= pts)) first--
  return { packets: packets.slice(first, target + 1), targetPts: pts, isKey }
}

/** Returns the MD5 of every frame by its presentation time, decoding all of them. */
export async function hashFrames (file: string): Promise<Map<number, string>> {
  const { stdout } = await runFfmpeg([
    '-loglevel',
    'error',
    '-copyts',
    '-noautorotate',
    '-i',
    file,
    '-map',
    '0:V:0',
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    '-1',
    '-f',
    'framemd5',
    '-'
  ])
  return readHashes(stdout)
}

/** Decodes the frame with a presentation time, as the service does, and returns its MD5 and the log of ffmpeg. */
export async function hashFrame (file: string, pts: number): Promise<{ hash: string | undefined, log: string[] }> {
  const { stdout, stderr } = await runFfmpeg([
    '-loglevel',
    'warning',
    '-copyts',
    '-threads',
    '2',
    '-f',
    'mov',
    '-i',
    file,
    '-frames:v',
    '1',
    '-vf',
    `select='eq(pts,${pts})'`,
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    '-1',
    '-f',
    'framemd5',
    '-'
  ])
  return { hash: readHashes(stdout).get(pts), log: stderr.split('\n').filter((line) => line !== '') }
}

function readHashes (text: Buffer): Map<number, string> {
  return new Map(
    text
      .toString()
      .split('\n')
      .filter((line) => /^\d/.test(line))
      .map((line) => {
        const [, , pts, , , hash = ''] = line.split(',').map((field) => field.trim())
        return [Number(pts), hash]
      })
  )
}
