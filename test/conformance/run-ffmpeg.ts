import { spawn } from 'node:child_process'
import { findTestFfmpeg } from '../support/videos.ts'

/** What a run of ffmpeg left. */
export interface Run {
  readonly code: number | null
  readonly out: Buffer
  readonly said: string
}

/** How a run may be bounded. */
export interface RunBounds {
  /** Takes the lines of standard error instead of `said`: a full decode says hundreds of megabytes. */
  readonly onLine?: (line: string) => void
}

const QUIET = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'repeat+info']

/** Runs ffmpeg on what it opens by its own guess of the container: the truth trusts the file, the service must not. */
export async function runFfmpeg (args: readonly string[], { onLine }: RunBounds = {}): Promise<Run> {
  const child = spawn(await findTestFfmpeg(), [...QUIET, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  let said = ''
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    if (onLine === undefined) {
      said += chunk.toString('latin1')
      return
    }
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  return { code, out: Buffer.concat(out), said }
}

/** The first line of `ffmpeg -version` without its copyright. */
export async function readFfmpegVersion (): Promise<string> {
  const { out } = await runFfmpeg(['-version'])
  return (
    out
      .toString()
      .split('\n')[0]
      ?.replace(/ Copyright.*/, '') ?? ''
  )
}
