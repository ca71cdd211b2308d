import type { EnvironmentReader } from './environment.ts'
import { type CompletionTarget, parseCompletionTarget } from '../events/publish-completion.ts'
import { type NamedThumbnail, parseNamedThumbnails } from '../options/named-thumbnails.ts'
import { MAX_OUTPUT_PIXELS } from '../options/output-pixels.ts'
import type { Presets } from '../options/presets.ts'

/** Reactions to created and deleted objects. */
export interface EventsConfig {
  /** Thumbnails that every new source gets. */
  readonly thumbnails: readonly NamedThumbnail[]
  /** Destination of completion events; undefined: none are published. */
  readonly completionTarget: CompletionTarget | undefined
  readonly onSourceDeleted: 'keep' | 'delete'
  /** SQS queue that this process consumes; undefined: none. */
  readonly queueUrl: string | undefined
  /** Visibility timeout of a received message. */
  readonly queueVisibilitySeconds: number
}

const DEFAULT_THUMBNAILS = 'poster=timestamp=auto&width=640'

/** Reads the variables of events. */
export function readEventSettings (reader: EnvironmentReader, presets: Presets): EventsConfig {
  return Object.freeze({
    thumbnails: reader.readParsed(
      'POSTERFRAME_EVENT_THUMBNAILS',
      parseNamedThumbnails(DEFAULT_THUMBNAILS, presets)!,
      `names with options, separated by semicolons, such as ${DEFAULT_THUMBNAILS};small=width=160, with at most ` +
        `${MAX_OUTPUT_PIXELS.toLocaleString('en')} pixels together`,
      (text) => parseNamedThumbnails(text, presets)
    ),
    completionTarget: reader.readParsed<CompletionTarget | undefined>(
      'POSTERFRAME_COMPLETION_TARGET',
      undefined,
      'the ARN of an EventBridge bus or an SNS topic, or the URL of an SQS queue',
      parseCompletionTarget
    ),
    onSourceDeleted: reader.readChoice('POSTERFRAME_ON_SOURCE_DELETED', 'keep', ['keep', 'delete']),
    queueUrl: reader.readParsed<string | undefined>(
      'POSTERFRAME_QUEUE_URL',
      undefined,
      'the URL of an SQS queue',
      (text) => (parseCompletionTarget(text)?.kind === 'queue' ? text : undefined)
    ),
    queueVisibilitySeconds: reader.readCount('POSTERFRAME_QUEUE_VISIBILITY_SECONDS', 60, {
      minimum: 3,
      maximum: 43_200
    })
  })
}
