import { Violation } from './target.ts'

/** Limits the cost of a case, in units that are the same on every machine. */
export interface Meter {
  /** Runs a case, and throws inside it when it exceeds a limit. */
  run<T>(task: () => Promise<T>): Promise<T>
}

/** Limits of one case. */
export interface MeterLimits {
  /** Numbers read from buffers. */
  readonly maxSteps: number
  /** Memory allocated in total: buffers, typed arrays, and arrays of a given length (8 bytes an item). */
  readonly maxAllocatedBytes: number
}

const READS = [
  'readUInt8', 'readUInt16BE', 'readInt16BE', 'readUInt32BE', 'readInt32BE', 'readBigUInt64BE', 'readBigInt64BE',
  'readUIntBE'
] as const
type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/**
 * Creates a meter for readers of tables. While a case runs it replaces the methods of `Buffer` that read and allocate,
 * in which loops that a file can make long show on any machine.
 */
export function createMeter ({ maxSteps, maxAllocatedBytes }: MeterLimits): Meter {
  return {
    async run (task) {
      let steps = 0
      let bytes = 0
      const undo: Array<() => void> = []
      const replace = (owner: object, name: string, before: (args: unknown[]) => void) => {
        const methods = owner as Record<string, AnyFunction>
        const original = methods[name]!
        methods[name] = function (...args) {
          before(args)
          return original.apply(this, args)
        }
        undo.push(() => {
          methods[name] = original
        })
      }
      const allocate = (count: unknown) => {
        bytes += Number(count) || 0
        if (bytes > maxAllocatedBytes) throw new Violation(`more than ${maxAllocatedBytes} bytes are allocated`)
      }
      for (const name of READS) {
        replace(Buffer.prototype as object, name, () => {
          if (++steps > maxSteps) throw new Violation(`more than ${maxSteps} numbers are read`)
        })
      }
      for (const name of ['alloc', 'allocUnsafe', 'allocUnsafeSlow']) {
        replace(Buffer, name, ([size]) => {
          allocate(size)
        })
      }
      replace(Array as object, 'from', ([list]) => {
        if (typeof list === 'object' && list !== null && !(Symbol.iterator in list)) {
          allocate(8 * (list as { length: number }).length)
        }
      })
      const plain = globalThis.Float64Array
      globalThis.Float64Array = new Proxy(plain, {
        construct (target, args: [number]) {
          allocate(8 * args[0])
          return Reflect.construct(target, args) as object
        }
      })
      undo.push(() => {
        globalThis.Float64Array = plain
      })
      try {
        return await task()
      } finally {
        for (const restore of undo) restore()
      }
    }
  }
}
