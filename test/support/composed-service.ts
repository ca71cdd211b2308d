import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Composition, compose } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/config.ts'
import type { ObjectLocation } from '../../src/store/object-store.ts'
import { findTestFfmpeg } from './videos.ts'

/** The parts of a tap test that the cleanup needs. */
interface Test {
  testdir(): string
  teardown(task: () => unknown): void
}

/** Creates all services, without the HTTP layer, on a local store with these videos. They are closed after the test. */
export async function createComposedService (
  t: Test,
  videos: Readonly<Record<string, string>>
): Promise<Composition & { readonly pathOf: (location: ObjectLocation) => string }> {
  const directory = join(t.testdir(), 'service')
  await mkdir(join(directory, 'data/videos'), { recursive: true })
  await mkdir(join(directory, 'scratch'))
  for (const [key, path] of Object.entries(videos)) await copyFile(path, join(directory, 'data/videos', key))
  const config = loadConfig({
    POSTERFRAME_LOCAL_DIR: join(directory, 'data'),
    POSTERFRAME_SCRATCH_DIR: join(directory, 'scratch'),
    FFMPEG_PATH: await findTestFfmpeg()
  })
  const service = await compose(config, {
    searchPath: process.env['PATH'] ?? '',
    publicUrl: () => 'http://127.0.0.1:1',
    isLongLived: false
  })
  t.teardown(() => service.close())
  return { ...service, pathOf: ({ bucket, key }) => join(directory, 'data', bucket, key) }
}
