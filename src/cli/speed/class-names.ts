/**
 * Class names of three of the paper's datasets, in label order, as CoOp's split files write them: their token
 * lengths decide what a training step costs.
 */
const CLASS_NAMES = {
  caltech101: `face, leopard, motorbike, accordion, airplane, anchor, ant, barrel, bass, beaver, binocular, bonsai,
    brain, brontosaurus, buddha, butterfly, camera, cannon, car_side, ceiling_fan, cellphone, chair,
    chandelier, cougar_body, cougar_face, crab, crayfish, crocodile, crocodile_head, cup, dalmatian,
    dollar_bill, dolphin, dragonfly, electric_guitar, elephant, emu, euphonium, ewer, ferry, flamingo,
    flamingo_head, garfield, gerenuk, gramophone, grand_piano, hawksbill, headphone, hedgehog, helicopter,
    ibis, inline_skate, joshua_tree, kangaroo, ketch, lamp, laptop, llama, lobster, lotus, mandolin,
    mayfly, menorah, metronome, minaret, nautilus, octopus, okapi, pagoda, panda, pigeon, pizza, platypus,
    pyramid, revolver, rhino, rooster, saxophone, schooner, scissors, scorpion, sea_horse, snoopy,
    soccer_ball, stapler, starfish, stegosaurus, stop_sign, strawberry, sunflower, tick, trilobite,
    umbrella, watch, water_lilly, wheelchair, wild_cat, windsor_chair, wrench, yin_yang`,
  oxfordPets: `abyssinian, american_bulldog, american_pit_bull_terrier, basset_hound, beagle, bengal, birman, bombay,
    boxer, british_shorthair, chihuahua, egyptian_mau, english_cocker_spaniel, english_setter,
    german_shorthaired, great_pyrenees, havanese, japanese_chin, keeshond, leonberger, maine_coon,
    miniature_pinscher, newfoundland, persian, pomeranian, pug, ragdoll, russian_blue, saint_bernard,
    samoyed, scottish_terrier, shiba_inu, siamese, sphynx, staffordshire_bull_terrier, wheaten_terrier,
    yorkshire_terrier`,
  eurosat: `Annual Crop Land, Forest, Herbaceous Vegetation Land, Highway or Road, Industrial Buildings, Pasture Land,
    Permanent Crop Land, Residential Buildings, River, Sea or Lake`,
} as const;

const namesOf = (set: keyof typeof CLASS_NAMES): string[] => CLASS_NAMES[set].split(/,\s+/);

/**
 * Class names to measure a task of K classes with: EuroSAT's for 10, OxfordPets' for 37, Caltech101's for 100.
 * Larger tasks repeat the 147 names of the three in turn, so that their lengths stay real; repeated names cost
 * what different ones of the same length would.
 */
export function speedClassNames(count: number): string[] {
  const exact = { 10: 'eurosat', 37: 'oxfordPets', 100: 'caltech101' } as const;
  if (Object.hasOwn(exact, count)) return namesOf(exact[count as keyof typeof exact]);
  const all = [...namesOf('caltech101'), ...namesOf('oxfordPets'), ...namesOf('eurosat')];
  return Array.from({ length: count }, (_, k) => all[k % all.length]!);
}
