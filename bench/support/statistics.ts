/** The middle of some numbers; the mean of the two middle ones where they are even in number; NaN of none. */
export function findMedian (values: readonly number[]): number {
  const sorted = sort(values)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The smallest number that at least 95 % of them do not exceed; of fewer than 20 that is the greatest. */
export function findP95 (values: readonly number[]): number {
  return sort(values)[Math.ceil(values.length * 0.95) - 1] ?? NaN
}

/** The mean; NaN of none. */
export function findMean (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function sort (values: readonly number[]): number[] {
  return [...values].sort((one, other) => one - other)
}
