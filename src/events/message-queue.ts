/** A message as a queue delivers it: hidden from other consumers until its visibility timeout. */
export interface QueueMessage {
  readonly id: string
  readonly body: string
  /** Handle of this delivery. */
  readonly receipt: string
  /** Number of deliveries, this one included; 1 or more. */
  readonly receiveCount: number
}

/** The port to a queue that delivers a message until it is removed; its redrive policy sets the most deliveries. */
export interface MessageQueue {
  /** Waits for up to `max` messages (1 to 10). Returns none if none arrives for a while. */
  receive(max: number, signal: AbortSignal): Promise<readonly QueueMessage[]>
  /** Removes a message that was handled. */
  remove(message: QueueMessage): Promise<void>
  /** Hides a message from other consumers for `seconds` (0 to 43,200) from now. */
  hide(message: QueueMessage, seconds: number): Promise<void>
  /** Closes the connections. */
  close(): void
}
