import { spawn } from 'node:child_process'
import { findTestFfmpeg } from '../support/videos.ts'

/** The result of a run of ffmpeg. */
export interface Run {
  readonly code: number | null
  readonly out: Buffer
  readonly stderr: string
}

/** Options of a run. */
export interface RunOptions {
  /** Takes the lines of standard error instead of `stderr`: a full decode prints hundreds of megabytes. */
  readonly onLine?: (line: string) => void
}

const QUIET = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'repeat+info']

/** Runs ffmpeg, which probes the container: the ground truth trusts the file, as the service must not. */
export async function runFfmpeg (args: readonly string[], { onLine }: RunOptions = {}): Promise<Run> {
  const child = spawn(await findTestFfmpeg(), [...QUIET, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  let stderr = ''
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    if (onLine === undefined) {
      stderr += chunk.toString('latin1')
      return
    }
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  return { code, out: Buffer.concat(out), stderr }
}

/** Returns the first line of `ffmpeg -version` without the copyright. */
export async function readFfmpegVersion (): Promise<string> {
  const { out } = await runFfmpeg(['-version'])
  return (
    out
      .toString()
      .split('\n')[0]
      ?.replace(/ Copyright.*/, '') ?? ''
  )
}
