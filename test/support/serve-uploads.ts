import { openLocalRoot } from '../../src/store/local/local-root.ts'
import { createLocalStore, type LocalStore } from '../../src/store/local/local-store.ts'
import { createLocalUploadStore, type LocalUploadStore } from '../../src/store/local/local-upload-store.ts'
import { buildContractedApp, type ContractedApp } from './contracted-app.ts'
import type { AppSettings } from '../../src/http/services.ts'

/** A local store that accepts uploads, served by the app until the test ends. */
export interface ServedUploads extends ContractedApp {
  readonly store: LocalStore
  readonly uploadStore: LocalUploadStore
  readonly url: string
}

export async function serveUploads (
  t: Parameters<typeof buildContractedApp>[0],
  directory: string,
  settings: Partial<AppSettings> = {}
): Promise<ServedUploads> {
  let url = ''
  const publicUrl = () => url
  const store = await createLocalStore({ directory, buckets: ['videos'], publicUrl })
  const uploadStore = await createLocalUploadStore(await openLocalRoot(directory), { publicUrl })
  const contracted = await buildContractedApp(t, { objects: store, localUploads: uploadStore }, settings)
  url = await contracted.listen()
  return { ...contracted, store, uploadStore, url }
}
