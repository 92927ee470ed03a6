/** The gRPC codes that OTLP deals in. */
export const codes = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** The HTTP status of a gRPC code (OTLP specification, "Failures"). */
export function httpStatusOf(code: number): number {
  switch (code) {
    case codes.cancelled:
    case codes.deadlineExceeded:
    case codes.aborted:
    case codes.outOfRange:
    case codes.unavailable:
    case codes.dataLoss:
      return 503;
    case codes.resourceExhausted:
      return 429;
    case codes.invalidArgument:
      return 400;
    case codes.unauthenticated:
      return 401;
    case codes.permissionDenied:
      return 403;
    case codes.unimplemented:
      return 404;
    default:
      return 500;
  }
}

/** The gRPC code that an HTTP status stands for. */
export function codeOfHttpStatus(status: number): number {
  switch (status) {
    case 400:
      return codes.invalidArgument;
    case 401:
      return codes.unauthenticated;
    case 403:
      return codes.permissionDenied;
    case 404:
      return codes.unimplemented;
    // 413 is no code of the Collector's table, which loses the cause to UNKNOWN.
    case 413:
    case 429:
      return codes.resourceExhausted;
    case 502:
    case 503:
    case 504:
      return codes.unavailable;
    default:
      return codes.unknown;
  }
}
