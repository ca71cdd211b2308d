import { access, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../../errors.ts'
import { readWholeNumber } from '../../input/whole-number.ts'
import { isS3Url } from '../source-argument.ts'
import type { ListFetcher } from './list-fetcher.ts'
import { decodeKey, readRows } from './read-rows.ts'
import type { ListedSource, SourceList } from './source-list.ts'

/** The members of the manifest.json of an S3 Inventory that are read. */
const manifestValidator = Compile(
  Type.Object({
    destinationBucket: Type.String(),
    fileFormat: Type.String(),
    fileSchema: Type.String(),
    files: Type.Array(Type.Object({ key: Type.String({ minLength: 1 }) }))
  })
)

interface Columns {
  readonly bucket: number
  readonly key: number
  readonly size: number
  readonly etag: number
  readonly isLatest: number
  readonly isDeleteMarker: number
}

/**
 * Returns the list of the latest versions in an S3 Inventory in CSV. The files of a local manifest are read from
 * `../data/`, where S3 writes them, or from the directory of the manifest; if they are in neither, they are downloaded
 * from the bucket that the manifest names.
 */
export function readInventory (fetcher: ListFetcher, location: string): SourceList {
  return {
    async * open (signal) {
      const manifest = await readInventoryManifest(await fetcher.fetch(location, signal), location)
      const columns = findColumns(manifest.fileSchema, location)
      const bucket = manifest.destinationBucket.replace(/^arn:[^:]*:s3:::/, '')
      for (const { key } of manifest.files) {
        const path = (await findLocalFile(location, key)) ?? (await fetcher.fetch(`s3://${bucket}/${key}`, signal))
        for await (const { fields, line } of readRows(path)) {
          const listed = readSource(fields, columns, `${key}, line ${line}`)
          if (listed !== undefined) yield listed
        }
      }
    }
  }
}

async function readInventoryManifest (path: string, location: string) {
  const manifestError = (problem: string, cause?: unknown) =>
    new PosterframeError('invalid_request', { detail: `'${location}' ${problem}`, cause })
  let manifest: unknown
  try {
    manifest = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw manifestError('is not JSON. Use the manifest.json of an S3 Inventory.', error)
  }
  if (!manifestValidator.Check(manifest)) throw manifestError('is not the manifest.json of an S3 Inventory.')
  if (manifest.fileFormat !== 'CSV') {
    throw manifestError(
      `describes an inventory in the format '${manifest.fileFormat}'. Only CSV is supported: configure the inventory as CSV.`
    )
  }
  return manifest
}

function findColumns (schema: string, location: string): Columns {
  const names = schema.split(',').map((name) => name.trim())
  const [bucket, key, size, etag, isLatest, isDeleteMarker] = [
    'Bucket',
    'Key',
    'Size',
    'ETag',
    'IsLatest',
    'IsDeleteMarker'
  ].map((name) => names.indexOf(name)) as [number, number, number, number, number, number]
  if (bucket < 0 || key < 0) {
    throw new PosterframeError('invalid_request', {
      detail: `'${location}' describes an inventory with the columns '${schema}'. The columns Bucket and Key are required.`
    })
  }
  return { bucket, key, size, etag, isLatest, isDeleteMarker }
}

function readSource (fields: readonly string[], columns: Columns, location: string): ListedSource | undefined {
  const valueOf = (column: number): string | undefined => (fields[column] === '' ? undefined : fields[column])
  if (valueOf(columns.isLatest) === 'false' || valueOf(columns.isDeleteMarker) === 'true') return undefined
  const [bucket, key, size] = [valueOf(columns.bucket), valueOf(columns.key), valueOf(columns.size)]
  if (bucket === undefined || key === undefined) {
    throw new PosterframeError('invalid_request', { detail: `${location}: the bucket or the key is missing.` })
  }
  return {
    bucket,
    key: decodeKey(key, location),
    etag: valueOf(columns.etag)?.replaceAll('"', ''),
    bytes: readWholeNumber(size)
  }
}

async function findLocalFile (location: string, key: string): Promise<string | undefined> {
  if (isS3Url(location)) return undefined
  const directory = dirname(location)
  for (const path of [join(directory, '../data', basename(key)), join(directory, basename(key))]) {
    const exists = await access(path).then(
      () => true,
      () => false
    )
    if (exists) return path
  }
  return undefined
}
