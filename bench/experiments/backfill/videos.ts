import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const SIZES = ['640x360', '854x480', '1280x720', '720x1280'] as const
const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '1500k', '-maxrate', '2M', '-bufsize', '3M'] as const
const X265 = ['-c:v', 'libx265', '-preset', 'veryfast', '-b:v', '1M', '-tag:v', 'hvc1'] as const
/**
 * Phones start a GOP every second, streams every other second. Most files for the web have the encoder's default of 128
 * or 250 frames.
 */
const CODECS: ReadonlyArray<{ readonly extension: string, readonly args: readonly string[] }> = [
  { extension: 'mp4', args: [...X264, '-movflags', '+faststart'] },
  { extension: 'mp4', args: [...X264, '-g', '30'] },
  { extension: 'mp4', args: [...X264, '-g', '60', '-movflags', '+frag_keyframe+empty_moov'] },
  { extension: 'mp4', args: [...X265, '-x265-params', 'log-level=error:keyint=30'] },
  { extension: 'webm', args: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M'] }
]

/** Makes twenty short videos that differ in size, codec and layout; returns their paths. */
export async function makeSmallVideos (directory: string, ffmpeg: string): Promise<string[]> {
  const videos = CODECS.flatMap(({ extension, args }, codec) =>
    SIZES.map((size, place) => ({
      args,
      size,
      seconds: 3 + ((codec + place) % 5),
      audio: extension === 'webm' ? 'libopus' : 'aac',
      name: `${codec}-${size}.${extension}`
    }))
  )
  for (const { args, size, seconds, audio, name } of videos) {
    await run(
      ffmpeg,
      [
        '-v', 'error', '-nostdin', '-y',
        '-f', 'lavfi', '-i', `testsrc2=s=${size}:r=30:d=${seconds},noise=alls=4:allf=t,format=yuv420p`,
        '-f', 'lavfi', '-i', `sine=r=48000:d=${seconds}`,
        ...args, '-c:a', audio, '-shortest', name
      ],
      { cwd: directory }
    )
  }
  return videos.map(({ name }) => join(directory, name))
}
