import type { ConfigVariableName } from '../src/config/variables.ts'
import type { RoleName } from './policy.ts'
import type { Settings } from './settings.ts'
import { SIZES } from './sizes.ts'

/** Values that only the stack knows. */
export interface StackInfo {
  readonly sourceBucket: string
  readonly outputBucket: string
  /** Id of the account that owns all buckets. */
  readonly account: string
  /** References to secrets, which CloudFormation replaces with their values. */
  readonly secrets: {
    readonly uploads: string
    readonly apiKeys: string | undefined
    readonly signing: string | undefined
  }
}

/** Returns the environment of one function. A secret goes only to the function that needs it. */
export function buildEnvironment (
  role: RoleName,
  settings: Settings,
  info: StackInfo
): Partial<Record<ConfigVariableName, string>> {
  const { thumbnailTimeoutMs, maxSourceGib } = SIZES[role]
  return {
    POSTERFRAME_STORE: 's3',
    POSTERFRAME_OUTPUT_BUCKET: info.outputBucket,
    POSTERFRAME_OUTPUT_PREFIX: settings.outputPrefix === '' ? '/' : settings.outputPrefix,
    POSTERFRAME_SOURCE_BUCKETS: info.sourceBucket,
    ...optional('POSTERFRAME_SOURCE_PREFIXES', settings.sourcePrefixes?.join(',')),
    POSTERFRAME_S3_EXPECTED_BUCKET_OWNER: info.account,
    POSTERFRAME_MAX_SOURCE_BYTES: `${maxSourceGib}GiB`,
    POSTERFRAME_TIMEOUT_MS: String(thumbnailTimeoutMs),
    ...(settings.package === 'zip' ? { FFMPEG_PATH: '/opt/bin/ffmpeg' } : {}),
    ...(role === 'api' ? buildAccess(settings, info) : { POSTERFRAME_AUTH: 'none' }),
    ...(role === 'events' ? buildEvents(settings) : {})
  }
}

/** Returns the prefix of uploads: the upload folder below the first source prefix. */
export function getUploadPrefixes ({ sourcePrefixes = [''], uploadPrefix }: Settings): string[] {
  return [`${sourcePrefixes[0] ?? ''}${uploadPrefix}`]
}

function buildAccess (settings: Settings, { secrets }: StackInfo): Partial<Record<ConfigVariableName, string>> {
  const { auth, jwt, corsOrigins, uploadPrefix } = settings
  return {
    // The gateway has authenticated the caller, who may do everything.
    POSTERFRAME_AUTH: auth === 'iam' ? 'none' : auth,
    POSTERFRAME_UPLOAD_PREFIX: uploadPrefix === '' ? '/' : uploadPrefix,
    POSTERFRAME_UPLOAD_SECRET: secrets.uploads,
    ...optional('POSTERFRAME_API_KEYS', secrets.apiKeys),
    ...optional('POSTERFRAME_SIGNING_SECRETS', secrets.signing),
    ...optional('POSTERFRAME_JWT_ISSUER', jwt?.issuer),
    ...optional('POSTERFRAME_JWT_AUDIENCE', jwt?.audience),
    ...optional('POSTERFRAME_JWT_JWKS_URL', jwt?.jwksUrl),
    ...optional('POSTERFRAME_CORS_ORIGINS', corsOrigins.length === 0 ? undefined : corsOrigins.join(','))
  }
}

function buildEvents ({
  eventThumbnails,
  completionTarget,
  onSourceDeleted
}: Settings): Partial<Record<ConfigVariableName, string>> {
  return {
    POSTERFRAME_EVENT_THUMBNAILS: eventThumbnails,
    POSTERFRAME_ON_SOURCE_DELETED: onSourceDeleted,
    ...optional('POSTERFRAME_COMPLETION_TARGET', completionTarget)
  }
}

function optional (name: ConfigVariableName, value: string | undefined): Partial<Record<ConfigVariableName, string>> {
  return value === undefined ? {} : { [name]: value }
}
