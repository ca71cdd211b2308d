import type { ObjectLocation, ObjectStore } from './object-store.ts'

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
  const buildUrl = (location: ObjectLocation, { expiresInSeconds }: { readonly expiresInSeconds: number }) => ({
    url: `${baseUrl}/${encodeKey(location)}`,
    expiresAt: new Date(Date.now() + expiresInSeconds * 1000),
    expiresInSeconds
  })
  return {
    head: (location, options) => store.head(location, options),
    get: (location, options) => store.get(location, options),
    put: (location, data, options) => store.put(location, data, options),
    list: (name, options) => store.list(name, options),
    delete: (location, options) => store.delete(location, options),
    check: (name, options) => store.check(name, options),

    async presignGet (location, options) {
      return location.bucket === bucket ? buildUrl(location, options) : await store.presignGet(location, options)
    },

    async presignHead (location, options) {
      return location.bucket === bucket ? buildUrl(location, options) : await store.presignHead(location, options)
    }
  }
}

/**
 * Encodes a key segment by segment, so that its slashes stay slashes. `!'()*`, which encodeURIComponent leaves alone,
 * are encoded too, as S3 does.
 */
function encodeKey ({ key }: ObjectLocation): string {
  return key
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    )
    .join('/')
}
