import type { ObjectAddress, ObjectStore } from './object-store.ts'

/** A content delivery network whose origin is one bucket. */
export interface Cdn {
  readonly bucket: string
  /** Prefix of every URL, without a slash at the end. */
  readonly baseUrl: string
}

/**
 * Wraps a store so that URLs of one bucket are those of a CDN. They do not expire: the CDN decides who may see the
 * objects.
 */
export function createCdnStore (store: ObjectStore, { bucket, baseUrl }: Cdn): ObjectStore {
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
 * Encodes a key segment by segment, so that its slashes stay slashes. `!'()*`, which encodeURIComponent leaves alone,
 * are encoded too, as S3 does.
 */
function encodeKey ({ key }: ObjectAddress): string {
  return key
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    )
    .join('/')
}
