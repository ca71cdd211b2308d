import { execFile } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import sharp from 'sharp'

const run = promisify(execFile)

/** Describes what the figures depend on: the machine, its load, and the versions of all programs. */
export async function describeMachine (ffmpeg: string): Promise<Array<readonly [name: string, value: string]>> {
  const [cpu] = cpus()
  return [
    ['CPU', `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    [
      'load before the start',
      loadavg()
        .map((load) => load.toFixed(2))
        .join(', ')
    ],
    ['kernel', release()],
    ['Node', process.version],
    ['ffmpeg', await readFirstLine(ffmpeg, '-version')],
    ['ffmpegthumbnailer', await readFirstLine('ffmpegthumbnailer', '-v')],
    ['sharp, libvips', `${sharp.versions.sharp ?? ''}, ${sharp.versions.vips}`],
    ['radosgw', await readFirstLine('radosgw', '--version')],
    ['Posterframe', await readFirstLine('git', 'describe', '--always', '--dirty')]
  ]
}

async function readFirstLine (program: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(program, args).catch(() => ({ stdout: 'not installed', stderr: '' }))
  return (
    (stdout || stderr)
      .split('\n')[0]
      ?.replace(/ Copyright.*| \([0-9a-f]{40}\)/, '')
      .trim() ?? ''
  )
}
