import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openLocalRoot } from '../../../src/store/local/local-root.ts'
import { createLocalUploadStore } from '../../../src/store/local/local-upload-store.ts'
import { serveUploads } from '../../support/serve-uploads.ts'
import { testUploadStore } from '../../support/upload-store-contract.ts'

const base = t.testdir()
const directory = join(base, 'store')
mkdirSync(directory)
const { store, uploadStore, url } = await serveUploads(
  {
    testdir: () => base,
    teardown: (task) => {
      t.teardown(task as () => Promise<void>)
    }
  },
  directory
)
const lateUploadStore = await createLocalUploadStore(await openLocalRoot(directory), {
  publicUrl: () => url,
  now: () => new Date(Date.now() - 7_200_000)
})

testUploadStore(t, { store, uploadStore, lateUploadStore, bucket: 'videos' })
