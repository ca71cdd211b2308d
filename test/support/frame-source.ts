import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { createStepClock } from '../../src/telemetry/step-clock.ts'
import type { FrameSource, ExtractContext } from '../../src/video/extract/extract-frame.ts'
import type { ByteReader } from '../../src/video/source/byte-source.ts'

/** A file as a source of bytes that counts what is read of it; the test's process closes it with its end. */
export class CountingReader implements ByteReader {
  readonly size: number
  reads: Array<{ start: number, end: number }> = []
  readonly #file: number

  constructor (path: string) {
    this.#file = openSync(path, 'r')
    this.size = fstatSync(this.#file).size
  }

  async read (start: number, end: number): Promise<Buffer> {
    if (start < 0 || end > this.size || end < start) {
      throw new RangeError(`${start} to ${end} is not within ${this.size} bytes`)
    }
    this.reads.push({ start, end })
    const target = Buffer.alloc(end - start)
    readSync(this.#file, target, { position: start, length: target.length, offset: 0 })
    return target
  }

  close (): void {
    closeSync(this.#file)
  }
}

/** Resize options that keep the display size. */
export const ORIGINAL_SIZE = { width: undefined, height: undefined, fit: 'inside' } as const

/** A file as a source of frames. */
export function makeFrameSource (path: string): FrameSource & { readonly reader: CountingReader } {
  return { name: path, reader: new CountingReader(path), stage: async () => path }
}

/** Context for an extraction without limits, which records notes. */
export function makeExtractContext (directory: string): ExtractContext & { readonly notes: string[] } {
  const notes: string[] = []
  return {
    signal: new AbortController().signal,
    directory,
    steps: createStepClock(),
    inSlot: (task) => task(),
    notes,
    note: (message) => {
      notes.push(message)
    }
  }
}
