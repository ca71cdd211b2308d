import { Type, type Static, type TProperties, type TSchema } from 'typebox'
import { component } from './components.ts'

/** Rejects members that a schema does not name. */
export const strict = { additionalProperties: false }

/** Query of an operation that takes none, so that a parameter in the wrong place is rejected. */
export const NO_QUERY = Type.Object({}, strict)

/** Read-only array. */
export const list = <T extends TSchema>(item: T) => Type.Immutable(Type.Array(item))

/** Object of a response. */
export const object = <T extends TProperties>(properties: T, description?: string) =>
  Type.Object(properties, description === undefined ? strict : { ...strict, description })

/** Value of a primitive type, or null for the reason in the description. */
export const nullable = <T extends TSchema>(schema: T, description: string) => {
  const { type } = schema as { type?: string }
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'], description })
}

/** Number of seconds. */
export const seconds = Type.Number({ minimum: 0 })

/** Length of one side of an image. */
export const pixels = Type.Integer({ minimum: 1 })

/** Number of things, perhaps none. */
export const count = Type.Integer({ minimum: 0 })

/** Properties that identify a video in the store. */
export const sourceLocation = {
  key: Type.String({
    ...component('parameters/SourceKey'),
    minLength: 1,
    maxLength: 1024,
    description: 'Key of the video, at most 1,024 bytes of UTF-8.',
    examples: ['sample.mp4']
  }),
  bucket: Type.Optional(
    Type.String({
      ...component('parameters/SourceBucket'),
      minLength: 1,
      maxLength: 255,
      description: 'Bucket of the video. Default: the first bucket that the service is configured to read.'
    })
  )
}

/** Part of a request body that identifies a video in the store. */
export const SourceLocationSchema = Type.Object(sourceLocation, component('schemas/SourceLocation'))

/** Work that it took to create or find an image. */
export const WorkSchema = Type.Object(
  {
    mode: Type.Enum(['ranged', 'full', 'cached'], {
      type: 'string',
      description:
        '`ranged`: read the index and packets. `full`: downloaded the whole file. `cached`: found in the store.'
    }),
    bytesRead: count,
    requests: count,
    packetsDecoded: count
  },
  { ...strict, ...component('schemas/Work'), description: 'Bytes and requests for the video, and packets decoded.' }
)

/** Notice about an image that was created anyway. */
export const WarningSchema = Type.Object({ code: Type.String(), detail: Type.String() }, {
  ...strict,
  ...component('schemas/Warning')
})
