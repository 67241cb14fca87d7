export { bindAxios } from './bind-axios.ts';
export type { AxiosLike, AxiosOptions } from './bind-axios.ts';
