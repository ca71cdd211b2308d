import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const SIZES = ['640x360', '854x480', '1280x720', '720x1280'] as const
const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '1500k', '-maxrate', '2M', '-bufsize', '3M'] as const
/**
 * Phones begin a GOP every second, streams every other; who makes a file for the web mostly leaves it to the encoder,
 * which waits for 128 or 250 frames.
 */
const CODECS: ReadonlyArray<{ readonly extension: string, readonly args: readonly string[] }> = [
  { extension: 'mp4', args: [...X264, '-movflags', '+faststart'] },
  { extension: 'mp4', args: [...X264, '-g', '30'] },
  { extension: 'mp4', args: [...X264, '-g', '60', '-movflags', '+frag_keyframe+empty_moov'] },
  {
    extension: 'mp4',
    args: [
      '-c:v',
      'libx265',
      '-preset',
      'veryfast',
      '-b:v',
      '1M',
      '-x265-params',
      'log-level=error:keyint=30',
      '-tag:v',
      'hvc1'
    ]
  },
  { extension: 'webm', args: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M'] }
]

/** Makes twenty short videos that differ in size, codec and layout; answers their paths. */
export async function makeSmallVideos (directory: string, ffmpeg: string): Promise<string[]> {
  const videos = CODECS.flatMap(({ extension, args }, codec) =>
    SIZES.map((size, place) => ({
      args,
      size,
      seconds: 3 + ((codec + place) % 5),
      extension,
      name: `${codec}-${size}.${extension}`
    }))
  )
  for (const { args, size, seconds, extension, name } of videos) {
    await run(
      ffmpeg,
      [
        '-v',
        'error',
        '-nostdin',
        '-y',
        '-f',
        'lavfi',
        '-i',
        `testsrc2=s=${size}:r=30:d=${seconds},noise=alls=4:allf=t,format=yuv420p`,
        '-f',
        'lavfi',
        '-i',
        `sine=r=48000:d=${seconds}`,
        ...args,
        '-c:a',
        extension === 'webm' ? 'libopus' : 'aac',
        '-shortest',
        name
      ],
      { cwd: directory }
    )
  }
  return videos.map(({ name }) => join(directory, name))
}
