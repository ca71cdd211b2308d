import type { ConfigVariable } from './config-variable.ts'

/** The variables of how uploads to the store are sent and bounded; part of `CONFIG_VARIABLES`. */
export const UPLOAD_VARIABLES = [
  {
    name: 'POSTERFRAME_UPLOAD_METHOD',
    default: '`post`',
    meaning:
      'How a file in one request is sent to the store: `post` as a presigned form, `put` by a presigned PUT, which ' +
      'Cloudflare R2 and Backblaze B2 need. A request may name another `method`.'
  },
  {
    name: 'POSTERFRAME_MAX_PENDING_UPLOADS_PER_CALLER',
    default: '`1000`',
    meaning:
      'Uploads in parts of one caller, by name or else by address, that are neither completed, aborted nor expired. ' +
      '429 above it. On S3 each process counts those that it has started.'
  }
] as const satisfies readonly ConfigVariable[]
