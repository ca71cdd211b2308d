import { execFile } from 'node:child_process'
import { open, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { measureVideoTables } from './video-tables.ts'

const run = promisify(execFile)

/** A frame late in its GOP, and the size of the packets that lead to it. */
export interface Target {
  readonly keySeconds: number
  readonly keyBytes: number
  readonly frameSeconds: number
  /** Number of frames shown from the key frame up to this one. */
  readonly framesOn: number
  /** Packets after the key frame, in decode order, up to the frame's own. */
  readonly packets: number
  /** From the first byte of the key frame to the last byte of the frame, including other data between them. */
  readonly spanBytes: number
}

/** Properties of an input, read by ffprobe and without the code under test. */
export interface InputInfo {
  readonly bytes: number
  readonly durationSeconds: number
  readonly framesPerSecond: number
  /** Size of the video track's sample tables; of a fragmented file, the size of those in its header. */
  readonly tableBytes: number
  /** At 60 % of the video. */
  readonly first: Target
  /** At 30 % of the video, for a second request. */
  readonly second: Target
}

interface Packet {
  readonly seconds: number
  readonly at: number
  readonly bytes: number
  readonly isKey: boolean
}

/** Distance of the target from its key frame, if the GOP is long enough. */
const FRAMES_ON = 238

/** Reads the properties of a file with ffprobe and from its boxes. */
export async function readInputInfo (path: string): Promise<InputInfo> {
  const stdout = await runFfprobe('stream=r_frame_rate:format=duration', 'default=nw=1:nk=1', path)
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

/** Lists packets in decode order, starting at the key frame before a timestamp. */
async function listPackets (path: string, fromSeconds: number): Promise<Packet[]> {
  const interval = ['-read_intervals', `${fromSeconds}%+22`]
  const stdout = await runFfprobe('packet=pts_time,size,pos,flags', 'csv=p=0', path, interval)
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [seconds, bytes, at, flags = ''] = line.split(',')
      return { seconds: Number(seconds), bytes: Number(bytes), at: Number(at), isKey: flags.startsWith('K') }
    })
}

async function runFfprobe (
  entries: string,
  format: string,
  path: string,
  others: readonly string[] = []
): Promise<string> {
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', '-select_streams', 'v:0', ...others, '-show_entries', entries, '-of', format, path],
    { maxBuffer: 64 * 1024 * 1024 }
  )
  return stdout
}

/**
 * Chooses, in the longest GOP among these packets, the 238th frame after the key frame, or the tenth from the end of a
 * shorter GOP.
 *
 * @throws Error if no GOP has ten frames
 */
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
  if (key === undefined || frame === undefined) throw new Error('No group of pictures is long enough.')
  const needed = group.slice(0, group.indexOf(frame) + 1)
  return {
    keySeconds: key.seconds,
    keyBytes: key.bytes,
    frameSeconds: frame.seconds,
    framesOn: shown.indexOf(frame),
    packets: needed.length - 1,
    spanBytes: Math.max(...needed.map(({ at, bytes }) => at + bytes)) - Math.min(...needed.map(({ at }) => at))
  }
}
