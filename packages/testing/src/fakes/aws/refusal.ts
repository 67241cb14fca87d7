/** An error as AWS sends it: in JSON as `__type`, in XML as `Code`. */
export interface AwsRefusal {
  readonly awsType: string;
  readonly message: string;
  readonly status: number;
}

/** To be thrown. AWS answers 400 to nearly everything, also to a missing secret. */
export function refusal(awsType: string, message: string, status = 400): Error & AwsRefusal {
  return Object.assign(new Error(message), { awsType, status });
}

export function isRefusal(error: unknown): error is AwsRefusal {
  return typeof error === 'object' && error !== null && 'awsType' in error;
}
