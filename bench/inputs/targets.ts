import { execFile } from 'node:child_process'
import { open, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { measureVideoTables } from './video-tables.ts'

const run = promisify(execFile)

/** A frame late in its GOP, and what the packets that lead to it weigh. */
export interface Target {
  readonly keySeconds: number
  readonly keyBytes: number
  readonly frameSeconds: number
  /** Frames that are shown from the key frame up to it. */
  readonly framesOn: number
  /** Packets after the key frame, in decode order, up to the frame's own. */
  readonly packets: number
  /** From the key frame's first byte to the frame's last, with what lies between. */
  readonly spanBytes: number
}

/** What is known of an input without asking anybody who is under test. */
export interface InputFacts {
  readonly bytes: number
  readonly durationSeconds: number
  readonly framesPerSecond: number
  /** The video track's own tables; of a fragmented file its header. */
  readonly tableBytes: number
  /** At 60 % of the video. */
  readonly first: Target
  /** At 30 %, for a second question about the same video. */
  readonly second: Target
}

interface Packet {
  readonly seconds: number
  readonly at: number
  readonly bytes: number
  readonly isKey: boolean
}

/** How far behind its key frame the wanted frame lies, where the GOP is long enough. */
const FRAMES_ON = 238

/** Looks at a file with ffprobe, and at its boxes. */
export async function readInputFacts (path: string): Promise<InputFacts> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=r_frame_rate:format=duration',
    '-of',
    'default=nw=1:nk=1',
    path
  ])
  const [rate = '', duration = ''] = stdout.trim().split('\n')
  const [numerator = NaN, denominator = 1] = rate.split('/').map(Number)
  const durationSeconds = Number(duration)
  const file = await open(path)
  try {
    return {
      bytes: (await stat(path)).size,
      durationSeconds,
      framesPerSecond: numerator / denominator,
      tableBytes: await measureVideoTables(file),
      first: chooseTarget(await listPackets(path, durationSeconds * 0.6)),
      second: chooseTarget(await listPackets(path, durationSeconds * 0.3))
    }
  } finally {
    await file.close()
  }
}

/** Packets in decode order from the key frame before a moment on. */
async function listPackets (path: string, fromSeconds: number): Promise<Packet[]> {
  const { stdout } = await run(
    'ffprobe',
    [
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-read_intervals',
      `${fromSeconds}%+22`,
      '-show_entries',
      'packet=pts_time,size,pos,flags',
      '-of',
      'csv=p=0',
      path
    ],
    { maxBuffer: 64 * 1024 * 1024 }
  )
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [seconds, bytes, at, flags = ''] = line.split(',')
      return { seconds: Number(seconds), bytes: Number(bytes), at: Number(at), isKey: flags.startsWith('K') }
    })
}

/** The 238th frame after the key frame with the longest GOP among these packets, or the GOP's last but a few. */
export function chooseTarget (packets: readonly Packet[]): Target {
  const keys = packets.flatMap(({ isKey }, index) => (isKey ? [index] : []))
  const groups = keys.slice(0, -1).map((from, order) => packets.slice(from, keys[order + 1]))
  const group = groups.reduce<readonly Packet[]>(
    (longest, other) => (other.length > longest.length ? other : longest),
    []
  )
  const [key] = group
  // A leading picture is shown before its key frame and belongs to the GOP before.
  const shown =
    key === undefined
      ? []
      : group.filter(({ seconds }) => seconds >= key.seconds).sort((one, other) => one.seconds - other.seconds)
  const frame = shown[Math.min(FRAMES_ON, shown.length - 10)]
  if (key === undefined || frame === undefined) throw new Error('no group of pictures is long enough')
  const run = group.slice(0, group.indexOf(frame) + 1)
  return {
    keySeconds: key.seconds,
    keyBytes: key.bytes,
    frameSeconds: frame.seconds,
    framesOn: shown.indexOf(frame),
    packets: run.length - 1,
    spanBytes: Math.max(...run.map(({ at, bytes }) => at + bytes)) - Math.min(...run.map(({ at }) => at))
  }
}
