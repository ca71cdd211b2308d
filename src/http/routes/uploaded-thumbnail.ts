import type { FastifyRequest } from 'fastify'
import { createTextCheck, parameterError } from '../../check-input.ts'
import { completeOptions } from '../../options/thumbnail-options.ts'
import { expandPreset, type PresetOptions, type Presets } from '../../options/presets.ts'
import type { MakeThumbnail } from '../../thumbnails/thumbnail.ts'
import { receiveUpload, refuseSize } from './receive-upload.ts'
import { runWithDeadline } from '../request-signal.ts'
import { OptionsSchema } from '../schemas/thumbnail-schemas.ts'
import { type AppServices, type AppSettings, OPEN_ACCESS } from '../services.ts'

/** Boundaries, headers and text fields around the file. */
const FRAMING_BYTES = 64 * 1024

const checkOptions = createTextCheck(OptionsSchema)

/**
 * Takes the video of a multipart body to scratch, and makes a thumbnail of it. Nothing stays on scratch, however it
 * ends. Throws what `receiveUpload` and the use case throw; a wrong option is refused before the file is read where
 * it can be.
 */
export async function makeFromUpload (
  services: AppServices,
  settings: AppSettings,
  request: FastifyRequest,
  query: PresetOptions,
  client: AbortSignal
): ReturnType<MakeThumbnail> {
  const form = collectOptions(query, (settings.access ?? OPEN_ACCESS).presets)
  const limits = planLimits(settings, request.awsLambda?.event?.maxBodyBytes)
  const announcedBytes = Number(request.headers['content-length'] ?? 0)
  if (announcedBytes > limits.maxBodyBytes) throw refuseSize(limits)
  return services.scratch.withDirectory(async (directory) => {
    await services.scratch.reserveSpace(announcedBytes, directory)
    const source = await receiveUpload(request, directory, { ...limits, signal: client }, form.add)
    // The clock of a request starts here: before, the sender was at work, under the idle time-out.
    return runWithDeadline(request, settings.timeoutMs, client, (signal) =>
      services.makeThumbnail(
        { source, options: form.complete() },
        {
          signal,
          note: (message) => {
            request.log.info(message)
          }
        }
      )
    )
  })
}

/** @param maxEventBytes how large a body may be that came inside an event of Lambda's */
function planLimits ({ maxUploadBytes, uploadIdleMs = 30_000 }: AppSettings, maxEventBytes?: number) {
  const maxBytes = Math.min(maxUploadBytes, maxEventBytes ?? maxUploadBytes)
  return {
    maxBytes,
    maxBodyBytes: maxEventBytes === undefined ? maxBytes + FRAMING_BYTES : maxBytes,
    idleMs: uploadIdleMs,
    hint: 'POST /v1/uploads tells where in the store to put the file instead; then send its key.'
  }
}

/** The options of the query, joined by those of the form as they arrive, each checked at once. */
function collectOptions (query: PresetOptions, presets: Presets) {
  let options = query
  const complete = () => completeOptions(expandPreset(presets, options))
  complete()
  return {
    add: (name: string, text: string): void => {
      if (Object.hasOwn(query, name)) throw parameterError(name, 'stands both in the query and in the form')
      if (Object.hasOwn(options, name)) throw parameterError(name, 'is given more than once')
      const checked = checkOptions({ [name]: text })
      if ('error' in checked) throw checked.error
      options = { ...options, ...checked.value }
      complete()
    },
    complete
  }
}
