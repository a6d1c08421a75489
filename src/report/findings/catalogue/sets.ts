/** Kinds of the paper's sets, as its section on few-shot learning speaks of them. Other sets are of no kind. */

/** Objects and scenes of all sorts. */
export const GENERIC = ['imagenet', 'caltech101', 'sun397'] as const;

/** Kinds of one thing. */
export const FINE_GRAINED = ['stanford_cars', 'oxford_flowers', 'fgvc_aircraft'] as const;

/** Far from what pictures on the web show: textures, satellite photographs, actions. */
export const SPECIAL = ['dtd', 'eurosat', 'ucf101'] as const;

/** Kinds of one thing that hand-made prompts do well on. */
export const FOOD_AND_PETS = ['food101', 'oxford_pets'] as const;
