import { Type } from 'typebox'
import { ERROR_CATALOGUE, type ErrorCode } from '../../errors.ts'

/** Problem document of RFC 9457, with the code of the catalogue. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: '`urn:posterframe:error:` followed by the code.' }),
    title: Type.String({ description: 'Short summary of the error, the same for each occurrence of the code.' }),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'HTTP status of the response.' }),
    detail: Type.String({ description: 'Explanation of this occurrence: what was wrong and what to do next.' }),
    code: Type.Enum(Object.keys(ERROR_CATALOGUE) as ErrorCode[], {
      type: 'string',
      description: 'Machine-readable error code.'
    }),
    requestId: Type.String({ description: 'ID of the request in the log of the service.' }),
    retryable: Type.Boolean({ description: 'Whether the same request can succeed later.' }),
    parameter: Type.Optional(Type.String({ description: 'With `invalid_request`: name of the parameter or field.' })),
    maxBytes: Type.Optional(
      Type.Integer({ description: 'With `source_too_large` or `upload_too_large`: the limit in bytes.' })
    ),
    missingParts: Type.Optional(
      Type.Array(Type.Integer(), {
        description: 'With `upload_incomplete`: numbers of the missing parts, at most 1,000 of them.'
      })
    ),
    duration: Type.Optional(
      Type.Number({ description: 'With `timestamp_out_of_range`: duration of the video in seconds.' })
    ),
    frames: Type.Optional(
      Type.Integer({ description: 'With `timestamp_out_of_range` for `frame:N`: number of frames of the video.' })
    )
  },
  { $id: 'Problem', description: 'Problem document (RFC 9457). Some codes add members.' }
)
