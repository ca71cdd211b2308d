/** Bytes of a source that begin at `start` in it. */
export interface Span {
  readonly start: number
  readonly bytes: Buffer
}

/** What of a range is there already, and the one gap in it that is not. */
export interface CachePlan {
  readonly pieces: readonly Span[]
  readonly gap: { readonly start: number, readonly end: number } | undefined
}

/** The bytes of a source that were read before, the least recently used let go first. */
export interface RangeCache {
  /**
   * What is held at the beginning and at the end of a range. What is held only in its middle is read again: one request
   * for all costs less time than two around it.
   */
  plan(start: number, end: number): CachePlan
  /** Holds a span where there is room for it at all; it is not copied. */
  keep(span: Span): void
}

/** Holds `pinned` for ever, and at most `maxBytes` of what else is kept. */
export function createRangeCache (maxBytes: number, pinned?: Span): RangeCache {
  // In the order of use, the latest at the end.
  const spans = new Set<Span>()
  let heldBytes = 0

  function findCovering (at: number): Span | undefined {
    if (pinned !== undefined && isWithin(at, pinned)) return pinned
    for (const span of spans) {
      if (!isWithin(at, span)) continue
      spans.delete(span)
      spans.add(span)
      return span
    }
    return undefined
  }

  function drop (span: Span): void {
    spans.delete(span)
    heldBytes -= span.bytes.length
  }

  return {
    plan (start, end) {
      const pieces: Span[] = []
      let from = start
      for (let span; from < end && (span = findCovering(from)) !== undefined; from = endOf(pieces.at(-1)!)) {
        pieces.push(cut(span, from, Math.min(end, endOf(span))))
      }
      let to = end
      for (let span; from < to && (span = findCovering(to - 1)) !== undefined; to = pieces.at(-1)!.start) {
        pieces.push(cut(span, span.start, to))
      }
      return { pieces, gap: from < to ? { start: from, end: to } : undefined }
    },

    keep (span) {
      if (span.bytes.length > maxBytes) return
      for (const held of spans) if (held.start >= span.start && endOf(held) <= endOf(span)) drop(held)
      spans.add(span)
      heldBytes += span.bytes.length
      for (const oldest of spans) {
        if (heldBytes <= maxBytes) return
        drop(oldest)
      }
    }
  }
}

function isWithin (at: number, span: Span): boolean {
  return at >= span.start && at < endOf(span)
}

function endOf ({ start, bytes }: Span): number {
  return start + bytes.length
}

function cut ({ start, bytes }: Span, from: number, to: number): Span {
  return { start: from, bytes: bytes.subarray(from - start, to - start) }
}
