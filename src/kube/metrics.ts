/** One HTTP exchange with the API server; `code` is "<error>" when there was no answer (client-go's word). */
export interface FinishedRequest {
  readonly verb: string;
  readonly method: string;
  readonly code: string;
  readonly host: string;
  readonly seconds: number;
}

/** Where the client reports what it does; the names of the series are the listener's business. */
export interface KubeMetrics {
  requestFinished(request: FinishedRequest): void;
  /** Called at each change with the number of open connections. */
  connectionsChanged(open: number): void;
}

export const noKubeMetrics: KubeMetrics = {
  requestFinished: () => undefined,
  connectionsChanged: () => undefined,
};
