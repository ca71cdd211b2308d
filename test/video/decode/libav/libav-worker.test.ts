import { fileURLToPath } from 'node:url'
import t from 'tap'
import { readSources } from '../../../support/source-files.ts'

const ENTRY = 'video/decode/libav/libav-worker.ts'

t.test('loads no module from outside video/decode/, the only source folder in the sandbox', async (t) => {
  const sources = new Map(
    readSources(fileURLToPath(new URL('../../../../src', import.meta.url))).map((source) => [source.path, source])
  )
  const loaded = new Set([ENTRY])
  for (const path of loaded) {
    for (const { target, isTypeOnly, isRelative } of sources.get(path)?.imports ?? []) {
      if (isRelative && !isTypeOnly) loaded.add(target)
    }
  }
  t.ok(loaded.has('video/decode/libav/run-task.ts'))
  t.same(
    [...loaded].filter((path) => !path.startsWith('video/decode/')),
    []
  )
})
