/** The shop's goods: made by rule, so that whoever reads them can know what is right. */
export interface Product {
  slug: string;
  name: string;
  /** Pounds. */
  price: number;
  inStock: boolean;
  origin: string;
  reviews: { author: string; stars: number; text: string }[];
}

const leaves = ['Assam', 'Ceylon', 'Darjeeling', 'Gunpowder', 'Keemun', 'Lapsang', 'Matcha', 'Oolong'];
const kinds = ['Breakfast', 'Garden', 'Reserve'];
const origins = ['India', 'Sri Lanka', 'India', 'China', 'China', 'China', 'Japan', 'Taiwan'];
const authors = ['Ada', 'Grace', 'Edsger', 'Barbara'];
const verdicts = ['Lovely with milk.', 'Bold & smoky.', 'Would buy again.', 'Mild; a “second cup” tea.'];

export function product(index: number): Product {
  const leaf = leaves[index % leaves.length] ?? '';
  const round = Math.floor(index / leaves.length);
  const kind = kinds[round % kinds.length] ?? '';
  const edition = Math.floor(round / kinds.length);
  const name = `${leaf} ${kind}${edition === 0 ? '' : ` No. ${edition + 1}`}`;
  return {
    slug: name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    name,
    price: 4 + ((index * 37) % 60) + ((index * 13) % 20) * 0.05,
    inStock: index % 5 !== 3,
    origin: origins[index % origins.length] ?? '',
    reviews: authors.slice(0, 2 + (index % 3)).map((author, place) => ({
      author,
      stars: 3 + ((index + place) % 3),
      text: verdicts[(index + place) % verdicts.length] ?? '',
    })),
  };
}
