export { type Product } from './products';
export { serveShop, type Shop, type ShopOptions } from './serve-shop';
