import type { ObjectAddress, ObjectStore } from './object-store.ts'

/**
 * Who brings the objects of one bucket to those who may see them: a content delivery network with that bucket behind
 * it.
 */
export interface Delivery {
  readonly bucket: string
  /** What the keys are put behind; no slash at the end. */
  readonly baseUrl: string
}

/**
 * The same store, whose URLs of one bucket are those of whoever delivers it. They do not expire: who may see them is
 * decided there.
 */
export function createDeliveredStore (store: ObjectStore, { bucket, baseUrl }: Delivery): ObjectStore {
  return {
    head: (address, options) => store.head(address, options),
    get: (address, options) => store.get(address, options),
    put: (address, data, options) => store.put(address, data, options),
    list: (name, options) => store.list(name, options),
    delete: (address, options) => store.delete(address, options),
    check: (name, options) => store.check(name, options),

    async presignGet (address, options) {
      if (address.bucket !== bucket) return await store.presignGet(address, options)
      return {
        url: `${baseUrl}/${encodeKey(address)}`,
        expiresAt: new Date(Date.now() + options.expiresInSeconds * 1000)
      }
    }
  }
}

/**
 * Segment by segment, so that the slashes stay what they are; what encodeURIComponent leaves and S3 encodes is
 * encoded too.
 */
function encodeKey ({ key }: ObjectAddress): string {
  return key
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    )
    .join('/')
}
