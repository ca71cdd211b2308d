import { execFile } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import sharp from 'sharp'

const run = promisify(execFile)

/** What the numbers depend on: the machine, how busy it was, and the versions of all that ran. */
export async function describeMachine (ffmpeg: string): Promise<Array<readonly [what: string, value: string]>> {
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
  const { stdout, stderr } = await run(program, args).catch(() => ({ stdout: 'not there', stderr: '' }))
  return (
    (stdout || stderr)
      .split('\n')[0]
      ?.replace(/ Copyright.*| \([0-9a-f]{40}\)/, '')
      .trim() ?? ''
  )
}
