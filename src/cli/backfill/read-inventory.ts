import { access, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from '../../errors.ts'
import { isS3Url } from '../source-argument.ts'
import type { ListFiles } from './list-files.ts'
import { decodeKey, readRows } from './read-rows.ts'
import type { ListedSource, SourceList } from './source-list.ts'

/** The manifest.json of S3 Inventory, as far as it is read. */
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
 * An inventory that S3 wrote as CSV: the versions that are the latest. Of a manifest on this machine its files are
 * looked for where S3 puts them (`../data/`) and beside it, and then in the bucket that it names.
 */
export function readInventory (files: ListFiles, place: string): SourceList {
  return {
    async * open (signal) {
      const manifest = await readInventoryManifest(await files.locate(place, signal), place)
      const columns = findColumns(manifest.fileSchema, place)
      const bucket = manifest.destinationBucket.replace(/^arn:[^:]*:s3:::/, '')
      for (const { key } of manifest.files) {
        const path = (await findBeside(place, key)) ?? (await files.locate(`s3://${bucket}/${key}`, signal))
        for await (const { fields, line } of readRows(path)) {
          const listed = readSource(fields, columns, `${key}, line ${line},`)
          if (listed !== undefined) yield listed
        }
      }
    }
  }
}

async function readInventoryManifest (path: string, place: string) {
  const refuse = (problem: string, cause?: unknown) =>
    new PosterframeError('invalid_request', { detail: `${place} ${problem}`, cause })
  let manifest: unknown
  try {
    manifest = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw refuse('is no JSON.', error)
  }
  if (!manifestValidator.Check(manifest)) throw refuse('is not the manifest.json of an S3 Inventory.')
  if (manifest.fileFormat !== 'CSV') {
    throw refuse(`is of an inventory in ${manifest.fileFormat}; only CSV is read here.`)
  }
  return manifest
}

function findColumns (schema: string, place: string): Columns {
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
    throw new PosterframeError('invalid_request', { detail: `${place} has an inventory without Bucket and Key.` })
  }
  return { bucket, key, size, etag, isLatest, isDeleteMarker }
}

function readSource (fields: readonly string[], columns: Columns, place: string): ListedSource | undefined {
  const read = (column: number): string | undefined => (fields[column] === '' ? undefined : fields[column])
  if (read(columns.isLatest) === 'false' || read(columns.isDeleteMarker) === 'true') return undefined
  const [bucket, key, size] = [read(columns.bucket), read(columns.key), read(columns.size)]
  if (bucket === undefined || key === undefined) {
    throw new PosterframeError('invalid_request', { detail: `${place} has no bucket or no key.` })
  }
  return {
    bucket,
    key: decodeKey(key, place),
    etag: read(columns.etag)?.replaceAll('"', ''),
    bytes: size === undefined ? undefined : Number(size)
  }
}

async function findBeside (place: string, key: string): Promise<string | undefined> {
  if (isS3Url(place)) return undefined
  for (const path of [join(dirname(place), '../data', basename(key)), join(dirname(place), basename(key))]) {
    if (
      await access(path).then(
        () => true,
        () => false
      )
    ) { return path }
  }
  return undefined
}
