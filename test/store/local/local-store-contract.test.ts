import t from 'tap'
import { createLocalStore } from '../../../src/store/local/local-store.ts'
import { testObjectStore } from '../../support/object-store-contract.ts'
import { serveLocalStore } from '../../support/serve-objects.ts'

const directory = t.testdir()
const { store, url } = await serveLocalStore(t, directory)
const lateStore = await createLocalStore({
  directory,
  publicUrl: () => url,
  now: () => new Date(Date.now() - 7_200_000)
})

testObjectStore(t, { store, lateStore, bucket: 'videos' })
