import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { findFreePort } from './running-service.ts'

const STRICT_S3 = join(import.meta.dirname, '../../../shared/s3/strict-s3.mjs')

/** The reason to skip tests that need the strict server, for tap's `skip`; false if they can run. */
export const strictS3Missing: string | false = !existsSync(STRICT_S3) && 'needs ../shared/s3/strict-s3.mjs'

/**
 * Starts a server that behaves like the store that the name of the bucket says, and returns its URL. Every key that
 * ends in `sample.mp4` is the file at `path`.
 */
export async function startStrictS3 (t: Test, path: string): Promise<string> {
  const port = await findFreePort()
  const child = spawn(process.execPath, [STRICT_S3, path, `${port}`], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill())
  for await (const line of createInterface(child.stdout)) if (line.includes('listens')) break
  return `http://127.0.0.1:${port}`
}
