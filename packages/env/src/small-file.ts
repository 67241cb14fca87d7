// Alone, so that a bundle takes nothing else of core's Node part along, such as what speaks HTTP.
export { readSmallFile } from '@magic-hour-keys/core/node';
