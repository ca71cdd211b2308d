import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { OTHER_CONTAINER_TYPES } from '../../options/containers.ts'
import { bodyTypeError } from '../body-type.ts'
import type { App } from '../services.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True for a route whose body may be a video; such a body has no time limit but that of a stalled upload. */
    takesVideo?: boolean
  }
}

/**
 * Registers routes whose body may be a video itself: `video/*`, `application/octet-stream` or another type of a
 * container, or a body without a type, which `curl -T` sends. Such a body stays a stream.
 */
export function registerVideoRoutes (app: App, register: (scope: App) => void): void {
  // A scope of its own, since all other routes reject these types.
  void app.register(async (scope) => {
    const passOn = async (_request: FastifyRequest, payload: unknown) => payload
    scope.addContentTypeParser(/^video\//i, passOn)
    scope.addContentTypeParser(['application/octet-stream', ...new Set(OTHER_CONTAINER_TYPES)], passOn)
    scope.addContentTypeParser('*', async (request: FastifyRequest, payload: unknown) => {
      if (request.headers['content-type'] === undefined) return payload
      throw bodyTypeError(request)
    })
    register(scope.withTypeProvider<TypeBoxTypeProvider>())
  })
}

/** Returns whether the body of a request is a video, or a form with one, and not JSON. */
export function hasVideo (request: FastifyRequest): boolean {
  return request.isMultipart() || request.body instanceof Readable
}
